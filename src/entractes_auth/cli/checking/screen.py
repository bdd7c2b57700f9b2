"""Thousands of numbers shown to be valid at once; whatever is not shown goes to `entractes_auth.numbers`.

Nearly every cell of a real file is a bare, valid number. For those, the Luhn sums of a whole block are
added up in one go: character by character of the numbers, all first ones, all second ones..., as very
long integers that hold one sum in each byte. A sum is at most 15 times 9, so that no byte overflows
into its neighbour.

This can only ever say "valid", and only for digits of the exact length: La Poste, letters, separators,
zeros and everything wrong are left to the parsers, which alone refuse. A test compares both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from operator import not_
from typing import Final

__all__ = ["unproven"]


@dataclass(frozen=True, slots=True)
class _Form:
    """One way to write a number in digits: a type digit or none, then `length` digits, the last a Luhn key.

    `types`: the type digits that may stand there. `siren`: the first nine have a key of their own.
    """

    length: int
    types: bytes = b""
    siren: bool = False


def _by_size(*forms: _Form) -> Mapping[int, _Form]:
    """By how many characters they have, which no two of one kind have in common."""
    return {len(form.types[:1]) + form.length: form for form in forms}


_FORMS: Final[Mapping[str, Mapping[int, _Form]]] = {
    "rpps": _by_size(_Form(11)),
    "adeli": _by_size(_Form(9)),
    "finess": _by_size(_Form(9)),
    "siren": _by_size(_Form(9)),
    "siret": _by_size(_Form(14, siren=True)),
    "professional": _by_size(_Form(11), _Form(11, b"8"), _Form(9), _Form(9, b"0")),
    "structure": _by_size(_Form(9), _Form(9, b"12"), _Form(14, siren=True), _Form(14, b"3", siren=True)),
}
_LA_POSTE: Final = b"356000000"

# From an ASCII digit to what it adds to a Luhn sum, as it is and doubled; from anything else to nothing.
_AS_IS: Final = bytes(each - 48 if 48 <= each <= 57 else 0 for each in range(256))
_DOUBLED: Final = bytes(2 * each - 9 * (each > 4) for each in _AS_IS)
# From a sum to 0 where the key holds. A sum of nought is a number of zeros, which nobody ever issued.
_WRONG: Final = bytes(total % 10 != 0 or total == 0 for total in range(256))
# For each size: from any size to whether it is this one.
_ONLY: Final = [bytes(size) + b"\x01" + bytes(255 - size) for size in range(256)]


def unproven(kind: str, cells: Sequence[bytes]) -> list[int]:
    """The places of the cells that are not shown here to be valid numbers of this kind: to be judged alone."""
    forms = _FORMS[kind]
    joined = _joined_alike(cells)
    if joined and (size := len(cells[0])) in forms:
        return list(compress(range(len(cells)), _wrong(forms[size], cells, joined)))
    try:
        sizes = bytes(map(len, cells))
    except ValueError:  # one has more than 255, which no byte holds
        sizes = bytes(min(len(cell), 255) for cell in cells)
    open_questions: list[int] = []
    for size in set(sizes):
        chosen = sizes.translate(_ONLY[size])
        places = compress(range(len(cells)), chosen)
        if size in forms:
            of_size = list(compress(cells, chosen))
            places = compress(places, _wrong(forms[size], of_size, b"".join(of_size)))
        open_questions += places
    return open_questions


def _joined_alike(cells: Sequence[bytes]) -> bytes:
    """The cells joined, if all have the same size, as nearly always; else nothing. Quicker than asking each."""
    lines = b"\n".join(cells)
    size = len(cells[0]) if cells else 0
    between = b"\n" * (len(cells) - 1)
    joined = lines.translate(None, b"\n")
    alike = len(joined) == len(cells) * size == len(lines) - len(between)
    return joined if alike and lines[size :: size + 1] == between else b""


def _wrong(form: _Form, cells: Sequence[bytes], joined: bytes) -> bytes:
    """For each of these cells of one size a byte that is 0 when it is of this form and its key, or keys, hold."""
    size = len(cells[0])
    start = size - form.length
    wrong = _keys(joined, size, start, size)
    if form.siren:
        wrong |= _keys(joined, size, start, start + 9)
    if not joined.isdigit():
        wrong |= _flags(map(not_, map(bytes.isdigit, cells)))
    if form.types and joined[::size].strip(form.types):
        wrong |= _flags(digit not in form.types for digit in joined[::size])
    if form.siren and _LA_POSTE in joined:
        wrong |= _flags(cell.startswith(_LA_POSTE, start) for cell in cells)
    return wrong.to_bytes(len(cells), "little")


def _keys(joined: bytes, size: int, start: int, end: int) -> int:
    """`_WRONG` of the Luhn sum over the characters from `start` to `end` of each number of `size` characters."""
    sums = 0
    for at in range(start, end):
        table = _DOUBLED if (end - at) % 2 == 0 else _AS_IS
        sums += int.from_bytes(joined[at::size].translate(table), "little")
    return _flags(sums.to_bytes(len(joined) // size, "little").translate(_WRONG))


def _flags(each: Iterable[int]) -> int:
    return int.from_bytes(bytes(each), "little")
