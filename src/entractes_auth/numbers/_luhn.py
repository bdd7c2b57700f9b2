"""The Luhn key, over digits and over the one letter that ADELI and FINESS numbers may hold.

Source: ISO/IEC 7812-1, annex B. From the right, every second value is doubled, a result above 9
gives up 9 (that is: its two digits are added), and the sum must be a multiple of 10.

A letter counts its rank in the alphabet (A=1, B=2). B=2 is proved on real and on test numbers,
A=1 on real FINESS numbers; the rest follows. No source says how a rank above 9 enters: it is
reduced to one digit as Luhn reduces a doubled one, so A to I, J to R and S to Z count 1, 2, 3...

The key catches every single wrong digit, and every swap of neighbours but 09 and 90. It does not
tell a letter from its digit: 2B0000014 and 220000014 both hold or both fail. Accepted: the key is
a typing check, and only the directory proves that a number exists.
"""

from __future__ import annotations

__all__ = ["digit_sum", "holds", "key_holds", "pack", "packed_key_holds"]

# A number is packed into one integer, a byte for each character: the low half holds its value, the high
# half its value doubled. Six operations on that integer do what a loop over the characters would.
_SYMBOLS = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALUES = (*range(10), *(1 + rank % 9 for rank in range(26)))
_PACKED = bytes.maketrans(_SYMBOLS, bytes(value + 16 * (2 * value - 9 * (value > 4)) for value in _VALUES))

_LONGEST = 28  # characters: their sum, at most 9 for each, stays below 255
_AS_THEY_ARE = int.from_bytes(b"\x00\x0f" * (_LONGEST // 2))  # from the key, every second to the left
_THE_OTHERS = int.from_bytes(b"\x0f\x00" * (_LONGEST // 2))
_ALL = _AS_THEY_ARE | _THE_OTHERS

_integer = int.from_bytes


def pack(symbols: bytes) -> int:
    """`symbols`, at most 28 ASCII digits and capitals, key last; `>> 8` drops the last one."""
    return _integer(symbols.translate(_PACKED))


def packed_key_holds(packed: int) -> bool:
    """Whether the key holds over what `pack` gave."""
    # 256 is 1 modulo 255: the remainder of the integer is the sum of its bytes.
    return ((packed & _AS_THEY_ARE) + (packed >> 4 & _THE_OTHERS)) % 255 % 10 == 0


def key_holds(symbols: bytes) -> bool:
    """Whether the key holds over `symbols`: see `pack`."""
    return packed_key_holds(_integer(symbols.translate(_PACKED)))


def holds(symbols: str) -> bool:
    """The same, of a text."""
    return key_holds(symbols.encode())


def digit_sum(packed: int) -> int:
    """The sum of the digits that were packed, none doubled."""
    return (packed & _ALL) % 255
