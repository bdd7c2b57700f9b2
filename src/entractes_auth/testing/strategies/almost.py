"""Almost valid numbers: what a slip of the finger, a scanner, a spreadsheet or an attacker makes of a valid one.

Each text must be refused. What a key cannot see is left out, and nothing else is: the swap of 09 and
90, the digits of a La Poste establishment that keep its sum a multiple of five, and a letter taken for
its value (2B and 22). Each text is one damage away from a valid number, and shrinks to a wrong digit in
a published one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from entractes_auth.testing.strategies import number
from entractes_auth.testing.strategies._built import built
from entractes_auth.testing.strategies._judge import LA_POSTE, surely_wrong, with_key

__all__ = [
    "almost_adeli_numbers",
    "almost_finess_numbers",
    "almost_idnat_ps_numbers",
    "almost_idnat_struct_numbers",
    "almost_professional_numbers",
    "almost_rpps_numbers",
    "almost_siren_numbers",
    "almost_siret_numbers",
    "almost_structure_numbers",
]

_Damage = Callable[[str, int, int], str]
"""From a valid number, a place in it, and a number to choose by."""

# Each row's 0 to 9: Arabic-Indic, extended Arabic-Indic, Devanagari, Thai, fullwidth, mathematical bold.
_ZEROS: Final = (0x0660, 0x06F0, 0x0966, 0x0E50, 0xFF10, 0x1D7CE)
_SUPERSCRIPTS: Final = "⁰¹²³⁴⁵⁶⁷⁸⁹"  # `str.isdigit` takes them, and `int` does not
_LOOKS_LIKE: Final = {"0": "O", "1": "I", "2": "Z", "5": "S", "6": "G", "8": "B", "9": "g"}
# Line ends and NUL, which forge a log line or end a C string, more often than the rest: what a regular
# expression's \s takes, and what turns the direction of writing.
_CONTROLS: Final = "\n\0\n\0\n\0\r\x0b\x0c\x1b\x1d\x7f\x85\u2028\u2029\u200d\u200e\u202e\u2066"
_FOREIGN_MARKS: Final = "_,/+'*\\\"~%°"
_SPREADSHEET: Final = ("+{}", "{}.0", "{}e0", "{}E+10", "0x{}", "'{}", "={}", "-{}%", "{}L")


def almost_rpps_numbers() -> SearchStrategy[str]:
    """Texts that are no RPPS, though nearly; `rpps.parse` must refuse each."""
    return _almost("rpps", number.rpps_numbers(), _prefixed_as_card)


def almost_adeli_numbers() -> SearchStrategy[str]:
    """Texts that are no ADELI number, though nearly; `adeli.parse` must refuse each."""
    return _almost("adeli", number.adeli_numbers(), _letter_beyond_f, _prefixed_as_card)


def almost_finess_numbers() -> SearchStrategy[str]:
    """Texts that are no FINESS number, though nearly; `finess.parse` must refuse each."""
    return _almost("finess", number.finess_numbers())


def almost_siren_numbers() -> SearchStrategy[str]:
    """Texts that are no SIREN, though nearly, pseudo-numbers as Monaco has them among others.

    `siren.parse` must refuse each.
    """
    return _almost("siren", number.siren_numbers(), _letter_with_key)


def almost_siret_numbers() -> SearchStrategy[str]:
    """Texts that are no SIRET, though nearly; `siret.parse` must refuse each.

    Some have a right key over all fourteen digits and a wrong SIREN in front.
    """
    return _almost("siret", number.siret_numbers(), _siren_part, _siren_part, _la_poste_by_luhn)


def almost_idnat_ps_numbers() -> SearchStrategy[str]:
    """Texts that are no national identifier of a professional, though nearly; `IdNatPs` must refuse each."""
    return _almost("idnat_ps", number.idnat_ps_numbers(), _wrong_type, _luhn_over_all)


def almost_idnat_struct_numbers() -> SearchStrategy[str]:
    """Texts that are no national identifier of a structure, though nearly; `IdNatStruct` must refuse each."""
    return _almost("idnat_struct", number.idnat_struct_numbers(), _wrong_type)


def almost_professional_numbers() -> SearchStrategy[str]:
    """Texts that the professional's field of the sign-up page must refuse."""
    numbers = st.one_of(number.professional_numbers(), number.idnat_ps_numbers())
    return _almost("professional", numbers, _wrong_type)


def almost_structure_numbers() -> SearchStrategy[str]:
    """Texts that the structure's field of the sign-up page must refuse."""
    return _almost("structure", number.structure_numbers(), _wrong_type)


def _almost(kind: str, numbers: SearchStrategy[str], *own: _Damage) -> SearchStrategy[str]:
    """`numbers`, each damaged once, by one of the common ways or of the kind's own."""
    damaged = built(
        _damage, numbers, st.sampled_from((*_DAMAGES, *own)), st.integers(0, 15), st.integers(0, 99)
    )
    return damaged.filter(partial(surely_wrong, kind))


def _damage(text: str, damage: _Damage, place: int, choice: int) -> str:
    return damage(str(text), place % len(text), choice)


def _put(text: str, place: int, symbol: str) -> str:
    return f"{text[:place]}{symbol}{text[place + 1 :]}"


def _wrong_digit(text: str, place: int, choice: int) -> str:
    now = int(text[place]) if text[place].isdigit() else 0
    return _put(text, place, str((now + 1 + choice % 9) % 10))


def _swapped(text: str, place: int, choice: int) -> str:
    at = min(place, len(text) - 2)
    return f"{text[:at]}{text[at + 1]}{text[at]}{text[at + 2 :]}"


def _one_missing(text: str, place: int, choice: int) -> str:
    return _put(text, place, "")


def _one_more(text: str, place: int, choice: int) -> str:
    return _put(text, place, f"{text[place]}{choice % 10}")


def _look_alike(text: str, place: int, choice: int) -> str:
    return _put(text, place, _LOOKS_LIKE.get(text[place], "l"))


def _letter(text: str, place: int, choice: int) -> str:
    return _put(text, place, "ABCDEFGHIJKLMNOPQRSTUVWXYZéßıµ"[choice % 30])


def _other_script(text: str, place: int, choice: int) -> str:
    return _put(text, place, _foreign(text[place], choice))


def _all_in_other_script(text: str, place: int, choice: int) -> str:
    return "".join(_foreign(symbol, choice) for symbol in text)


def _foreign(symbol: str, choice: int) -> str:
    """The digit in another script; a letter in fullwidth."""
    if not symbol.isdigit():
        return chr(ord(symbol) + 0xFEE0)
    script = choice % (len(_ZEROS) + 1)
    return chr(_ZEROS[script] + int(symbol)) if script < len(_ZEROS) else _SUPERSCRIPTS[int(symbol)]


def _control_at_the_end(text: str, place: int, choice: int) -> str:
    return f"{text}{_CONTROLS[choice % len(_CONTROLS)]}"


def _control_inside(text: str, place: int, choice: int) -> str:
    return _put(text, place, f"{_CONTROLS[choice % len(_CONTROLS)]}{text[place]}")


def _mark_inside(text: str, place: int, choice: int) -> str:
    return _put(text, place, f"{_FOREIGN_MARKS[choice % len(_FOREIGN_MARKS)]}{text[place]}")


def _as_a_spreadsheet_has_it(text: str, place: int, choice: int) -> str:
    return _SPREADSHEET[choice % len(_SPREADSHEET)].format(text)


def _leading_zeros_lost(text: str, place: int, choice: int) -> str:
    return text.lstrip("0")


def _zeros(text: str, place: int, choice: int) -> str:
    return "0" * len(text)


def _nothing(text: str, place: int, choice: int) -> str:
    return " .-\u00a0"[: choice % 5]


def _far_too_long(text: str, place: int, choice: int) -> str:
    return f"{text}{' ' * 64}" if choice % 2 else text * 10


_DAMAGES: Final[tuple[_Damage, ...]] = (
    _wrong_digit,
    _swapped,
    _one_missing,
    _one_more,
    _look_alike,
    _letter,
    _other_script,
    _all_in_other_script,
    _control_at_the_end,
    _control_inside,
    _mark_inside,
    _as_a_spreadsheet_has_it,
    _leading_zeros_lost,
    _zeros,
    _nothing,
    _far_too_long,
)


def _prefixed_as_card(text: str, place: int, choice: int) -> str:
    """A card's identifier where the bare number is asked for."""
    return f"{choice % 10}{text}"


def _letter_beyond_f(text: str, place: int, choice: int) -> str:
    """A right key behind a letter that no department has."""
    return with_key(f"{text[0]}{'GHIJKLMNOPQRSTUVWXYZ'[choice % 20]}{text[2:8]}")


def _letter_with_key(text: str, place: int, choice: int) -> str:
    """A right key over a letter, as Monaco's pseudo-numbers may have."""
    return with_key(_put(text[:8], place % 8, "ABCDEFGHI"[choice % 9]))


def _siren_part(text: str, place: int, choice: int) -> str:
    """A right key over all, and a SIREN with a wrong digit."""
    siren = _wrong_digit(text[:9], place % 9, choice)
    return with_key(f"{siren}{text[9:13]}")


def _la_poste_by_luhn(text: str, place: int, choice: int) -> str:
    """La Poste's establishments have a rule of their own in place of the key, not beside it."""
    return with_key(f"{LA_POSTE}{text[9:13]}")


def _wrong_type(text: str, place: int, choice: int) -> str:
    """Another type digit in front of the same number."""
    return f"{choice % 10}{text[1:]}"


def _luhn_over_all(text: str, place: int, choice: int) -> str:
    """The key computed over the type digit too."""
    return with_key(text[:-1])
