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

__all__ = ["holds"]

_SYMBOLS = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALUE = bytes([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, *(1 + rank % 9 for rank in range(26))])
_AS_IS = bytes.maketrans(_SYMBOLS, _VALUE)
_DOUBLED = bytes.maketrans(_SYMBOLS, bytes(2 * value - 9 * (value > 4) for value in _VALUE))


def holds(symbols: str) -> bool:
    """Whether the key holds over `symbols`: ASCII digits and capitals only, key last.

    Slices, tables and sum run in the interpreter's C code, which is what makes this fast.
    """
    values = symbols.encode()
    return sum(values[-1::-2].translate(_AS_IS) + values[-2::-2].translate(_DOUBLED)) % 10 == 0
