"""Thousands of numbers shown to be valid at once; whatever is not shown goes to `entractes_auth.numbers`.

Nearly every cell of a real file is a bare, valid number. For those, the Luhn sums of a whole block are
added up in one go: character by character of the numbers, all first ones, all second ones..., as very
long integers that hold one sum in each byte. A sum is at most 15 times 9, so that no byte overflows
into its neighbour.

This can only ever say "valid", and only for digits of the exact length: La Poste, letters, separators,
zeros and everything wrong are left to the parsers, which alone refuse. A test compares both.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Final

__all__ = ["unproven"]


@dataclass(frozen=True, slots=True)
class _Form:
    """One way to write a number in digits: a type digit or none, then `length` digits, the last a Luhn key.

    `siren`: the first nine have a key of their own.
    """

    length: int
    prefix: str = ""
    siren: bool = False


_FORMS: Final[Mapping[str, Sequence[_Form]]] = {
    "rpps": (_Form(11),),
    "adeli": (_Form(9),),
    "finess": (_Form(9),),
    "siren": (_Form(9),),
    "siret": (_Form(14, siren=True),),
    "professional": (_Form(11), _Form(11, "8"), _Form(9), _Form(9, "0")),
    "structure": (_Form(9), _Form(14, siren=True), _Form(9, "1"), _Form(9, "2"), _Form(14, "3", siren=True)),
}
_LA_POSTE: Final = "356000000"

# From the ASCII digit to what it adds to a Luhn sum, as it is and doubled.
_AS_IS: Final = bytes.maketrans(b"0123456789", bytes(range(10)))
_DOUBLED: Final = bytes.maketrans(b"0123456789", bytes([0, 2, 4, 6, 8, 1, 3, 5, 7, 9]))
# From a sum to 0 where the key holds. A sum of nought is a number of zeros, which nobody ever issued.
_WRONG: Final = bytes(total % 10 != 0 or total == 0 for total in range(256))


def unproven(kind: str, cells: Collection[str]) -> list[str]:
    """The cells that are not shown here to be valid numbers of this kind: to be judged one by one."""
    left = list(cells)
    open_questions: list[str] = []
    for form in _FORMS[kind]:
        chosen, left = _of_form(form, left)
        if chosen:
            open_questions += compress(chosen, _wrong(form, chosen))
    return open_questions + left


def _of_form(form: _Form, cells: list[str]) -> tuple[list[str], list[str]]:
    """The cells that are written in this form, and the others."""
    size = len(form.prefix) + form.length
    lengths = set(map(len, cells))
    if size not in lengths:
        return [], cells
    chosen = cells if len(lengths) == 1 else [cell for cell in cells if len(cell) == size]
    chosen = _in_form(form, chosen)
    if len(chosen) == len(cells):
        return chosen, []
    taken = set(chosen)
    return chosen, [cell for cell in cells if cell not in taken]


def _in_form(form: _Form, cells: list[str]) -> list[str]:
    """The cells that are digits behind the prefix. Most blocks of most files have nothing to sort out."""
    joined = "".join(cells)
    if not joined.isdigit():
        cells = list(filter(str.isdigit, cells))
    if not joined.isascii():  # `isdigit` alone accepts the digits of every script
        cells = list(filter(str.isascii, cells))
    if form.prefix:
        cells = [cell for cell in cells if cell.startswith(form.prefix)]
    if form.siren and _LA_POSTE in joined:
        cells = [cell for cell in cells if not cell.startswith(_LA_POSTE, len(form.prefix))]
    return cells


def _wrong(form: _Form, cells: Sequence[str]) -> bytes:
    """For each cell a byte that is 0 when its key, or keys, hold."""
    start = len(form.prefix)
    joined = "".join(cells).encode()
    size = start + form.length
    wrong = _keys(joined, size, start, size)
    if not form.siren:
        return wrong
    either = int.from_bytes(wrong, "little") | int.from_bytes(_keys(joined, size, start, start + 9), "little")
    return either.to_bytes(len(cells), "little")


def _keys(joined: bytes, size: int, start: int, end: int) -> bytes:
    """`_WRONG` of the Luhn sum over the characters from `start` to `end` of each number of `size` characters."""
    sums = 0
    for at in range(start, end):
        table = _DOUBLED if (end - at) % 2 == 0 else _AS_IS
        sums += int.from_bytes(joined[at::size].translate(table), "little")
    return sums.to_bytes(len(joined) // size, "little").translate(_WRONG)
