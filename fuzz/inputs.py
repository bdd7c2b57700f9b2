"""What the fuzzer's bytes mean: texts, mutated numbers, numbers with their key, pairs of names.

All bytes mean something, so that no mutation of them is lost.
"""

from __future__ import annotations

from typing import Final

from fuzz.expected import PLACES, SECOND_LETTERS, key_for

__all__ = ["BASES", "built_number", "decoded", "mutated_number", "two_texts"]

BASES: Final = (
    "99700218896",
    "01234567897",
    "0B1053871",
    "9A9123458",
    "750100125",
    "2A0000014",
    "970100400",
    "267500452",
    "130025265",
    "26750045200524",
    "35600000000048",
    "35600000024249",
    "899700218896",
    "00B1057294",
    "1750803454",
    "2267500452",
    "326750045200524",
    "499700366240007",
    "00B105387101",
    "3750100125/12345",
)
"""Published numbers and test numbers, as they stand on cards; the last is an employee's, which is refused."""

_INSERTED: Final = (
    " .-\t\n\0/+aZoO\u00a0\u202f\u200b\u2060\ufeff\u00ad\u2011\u2212"  # most of them are dropped
    "\u0663\uff13\u00b2ß\u0131\u212a\u202e\ud800"  # other digits and letters, a mark, half a pair
)


def decoded(data: bytes) -> str:
    """UTF-8 with halves of surrogate pairs, however they come; lone bytes become halves too."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "surrogateescape")


def mutated_number(data: bytes) -> str:
    """A valid number, changed three bytes at a time: what to do, where, and with which character."""
    symbols = list(BASES[data[0] % len(BASES)]) if data else []
    for at in range(1, len(data) - 2, 3):
        action, place, choice = data[at : at + 3]
        place %= len(symbols) + 1
        match chr(action):
            case "-":
                del symbols[place : place + 1]
            case "=":
                symbols[place : place + 1] = chr(choice)
            case "x":
                symbols[place : place + 2] = reversed(symbols[place : place + 2])
            case "a":
                symbols = list("".join(symbols).lower())
            case "*" if len(symbols) < 100:
                symbols[place:place] = symbols[place:]
            case "i":
                symbols.insert(place, chr(choice))
            case _:
                symbols.insert(place, _INSERTED[choice % len(_INSERTED)])
    return "".join(symbols)


def built_number(data: bytes) -> str:
    """Digits of one of the kinds, with their key."""
    kind = list(PLACES)[data[0] % len(PLACES)] if data else "siren"
    body = "".join(str(byte % 10) for byte in data[1:]).ljust(PLACES[kind], "0")[: PLACES[kind] - 1]
    if len(data) > 2 and chr(data[2]) in SECOND_LETTERS.get(kind, ""):
        body = body[0] + chr(data[2]) + body[2:]
    if kind == "siret":
        body = body[:8] + key_for(body[:8]) + body[9:]
    return body + key_for(body)


def two_texts(data: bytes) -> tuple[str, str]:
    """Parted at the first vertical bar."""
    one, _, other = data.partition(b"|")
    return decoded(one), decoded(other)
