"""French phones, of every region that has its own numbers, in the ways people type them.

The blocks stand here as the national plans publish them, conservatively: what `entractes_auth.contacts`
makes of a typed number is never asked. Where the plan has numbers that ring nobody (kept for fiction),
landlines shrink to them; there is none among the mobiles that the metadata takes as valid.

Sources: ARCEP, plan national de numérotation (and its decision 2018-0881 for the numbers kept for
audiovisual works); OPT for New Caledonia and Polynesia; checked against libphonenumber's metadata.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from entractes_auth.testing.strategies._built import built
from entractes_auth.testing.strategies.typed import Typed

__all__ = [
    "Phone",
    "a_mobile_of_each_region",
    "landlines",
    "mobiles",
    "refused_contact_phones",
    "refused_mobiles",
]


@dataclass(frozen=True, slots=True)
class Phone(Typed[str]):
    """`typed` as people type it, `value` in E.164, `region` by ISO 3166 (GP, BL and MF share +590)."""

    region: str


# Country code and first digits of the national number; the rest of the block is free.
_Block = tuple[str, str, int]

_MOBILES: Final[Mapping[str, Sequence[_Block]]] = {
    "FR": (
        ("33", "612", 6),
        *(("33", f"6{second}", 7) for second in "10245678"),
        *(("33", f"7{second}", 7) for second in "3456789"),
    ),
    "GP": (("590", "690", 6),),
    "BL": (("590", "690", 6),),
    "MF": (("590", "690", 6),),
    "MQ": (("596", "696", 6), ("596", "697", 6)),
    "GF": (("594", "6942", 5), ("594", "6944", 5)),
    "RE": (("262", "692", 6),),
    "YT": (("262", "6392", 5), ("262", "6396", 5)),
    "PM": (("508", "55", 4),),
    "WF": (("681", "82", 4), ("681", "83", 4)),
    "PF": (("689", "87", 6), ("689", "88", 6), ("689", "89", 6)),
    "NC": (("687", "7", 5), ("687", "9", 5)),
}
_LANDLINES: Final[Mapping[str, Sequence[_Block]]] = {
    "FR": (
        *(("33", kept, 4) for kept in ("19900", "26191", "35301", "46571", "53649")),  # kept for fiction
        *(("33", zone, 7) for zone in ("14", "23", "38", "44", "55")),
    ),
    "GP": (("590", "59080", 4), ("590", "59090", 4)),
    "BL": (("590", "59027", 4),),
    "MF": (("590", "59050", 4),),
    "MQ": (("596", "59660", 4), ("596", "59670", 4)),
    "GF": (("594", "5942", 5), ("594", "5943", 5)),
    "RE": (("262", "262", 6),),
    "YT": (("262", "2696", 5),),
    "PM": (("508", "41", 4),),
    "WF": (("681", "72", 4),),
    "PF": (("689", "404", 5),),
    "NC": (("687", "27", 4), ("687", "24", 4)),
}
_TEN_DIGITS: Final = ("33", "262", "590", "594", "596")
"""Country codes whose numbers are typed at home with a 0 in front; the others have no such form."""

_SIMPLEST: Final = 345_678  # to shrink to 06 12 34 56 78
_SEPARATORS: Final = (" ", "", ".", "-", "/", "\u00a0", "\u202f", "\u2011")


def mobiles(region: str | None = None) -> SearchStrategy[Phone]:
    """Mobiles that may receive a code, of every French region or of one. Raises KeyError for another region."""
    return _phones(_MOBILES, region)


def landlines(region: str | None = None) -> SearchStrategy[Phone]:
    """Landlines, of every French region or of one. Raises KeyError for another region."""
    return _phones(_LANDLINES, region)


def a_mobile_of_each_region() -> list[str]:
    """The simplest mobile of each French region, in E.164."""
    return [_phone((region, blocks[0]), 0, 0, "").value for region, blocks in _MOBILES.items()]


def refused_mobiles() -> SearchStrategy[str]:
    """What must not receive a code: no mobile, not a French one, costly, short, kept for fiction, or no phone at all.

    A form without its country code is refused where it could be several islands' (551234).
    """
    lines = (
        landlines().filter(lambda phone: phone.region not in _MOBILE_AND_FIXED).map(lambda phone: phone.typed)
    )
    return st.one_of(
        built(_damaged, mobiles("FR"), st.integers(0, 11), st.integers(0, 99)),
        st.builds("{}{:0{}}".format, st.sampled_from(_NO_MOBILES), st.integers(0, 999_999), st.just(6)),
        lines,
        st.sampled_from(_SHORT_OR_FOREIGN),
        _costly(),
    )


def refused_contact_phones() -> SearchStrategy[str]:
    """What patients must not be sent to: a number that costs more, a foreign or short one, or no phone at all."""
    return st.one_of(
        built(_damaged, landlines("FR"), st.integers(0, 11), st.integers(0, 99)),
        _costly(),
        st.sampled_from(_SHORT_OR_FOREIGN),
    )


_MOBILE_AND_FIXED: Final = ("WF",)
"""Where the metadata says of the same block that it is both, so that it may receive a code."""

_NO_MOBILES: Final = ("0639 98", "09 12", "0800", "0806")  # fiction, VoIP, free numbers
_SHORT_OR_FOREIGN: Final = (
    "15",
    "112",
    "3237",
    "36 46",
    "+32 470 12 34 56",
    "+44 7911 123456",
    "+1 202 555 0143",
    "+377 6 12 34 56 78",
    "+41 78 123 45 67",
    "+882 16 12345678",
    "0032 470 12 34 56",
    "551234",
    "87 12 34 56",
    "",
    " ",
    "+",
    "0",
    "0000000000",
)


def _costly() -> SearchStrategy[str]:
    return st.builds(
        "{} {:06}".format, st.sampled_from(("0899", "0892", "0825")), st.integers(120_000, 129_999)
    )


def _phones(plan: Mapping[str, Sequence[_Block]], region: str | None) -> SearchStrategy[Phone]:
    blocks = [(name, block) for name in ([region] if region else plan) for block in plan[name]]
    return built(
        _phone,
        st.sampled_from(blocks),
        st.integers(0, 999_999),
        st.integers(0, 4),
        st.sampled_from(_SEPARATORS),
    )


def _phone(block: tuple[str, _Block], rest: int, form: int, separator: str) -> Phone:
    region, (code, start, free) = block
    number = f"{start}{(_SIMPLEST + rest) % 10**free:0{free}}"
    return Phone(_typed(code, number, form, separator), f"+{code}{number}", region)


def _typed(code: str, number: str, form: int, separator: str) -> str:
    """`number` in one of five forms, at home first, in pairs with the separator between them."""
    at_home = code in _TEN_DIGITS
    pairs = separator.join(_pairs(number))
    forms = (
        separator.join(_pairs(f"0{number}")) if at_home else f"+{code} {pairs}",
        f"+{code}{separator}{pairs}",
        f"+{code} (0){pairs}" if at_home else f"(+{code}) {pairs}",
        f"00{code}{separator}{pairs}",
        f" +{code}{number} ",
    )
    return forms[form]


def _pairs(number: str) -> list[str]:
    """From the right, as numbers are read aloud: 6 12 34 56 78."""
    odd = len(number) % 2
    return [number[:odd]] * odd + [number[at : at + 2] for at in range(odd, len(number), 2)]


def _damaged(phone: Phone, way: int, choice: int) -> str:
    """A good number with one thing wrong in it; the digits are those typed at home, without separators."""
    digits = f"0{phone.value[3:]}"
    at = 1 + choice % 9
    arabic = "".join(chr(0x0660 + int(digit)) for digit in digits)
    fullwidth = chr(0xFF10 + int(digits[at]))
    ways = (
        digits[:-1],
        f"{digits}{choice % 10}",
        f"{digits[:at]}{'OIlBSx'[choice % 6]}{digits[at + 1 :]}",
        arabic,
        f"{digits[:at]}{fullwidth}{digits[at + 1 :]}",
        f"{digits}{chr(0) if choice % 2 else chr(10)}",
        f"{digits[:at]}\t{digits[at:]}",
        f"{digits},{digits}",
        f"{digits[:at]}+{digits[at:]}",
        f"{digits};ext={choice}",
        f"tel:{phone.value}",
        f"{digits}{' ' * 40}",
    )
    return ways[way]
