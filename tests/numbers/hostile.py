"""Texts that lie, and objects that pass for texts: what a caller's own classes may hand over."""

from __future__ import annotations

import enum
from typing import NoReturn

from typing_extensions import override

__all__ = ["ClaimsToBeText", "ClassRaises", "Liar", "Saboteur", "SiretByName"]


def _raise(*_: object, **__: object) -> NoReturn:
    raise RuntimeError("a reader asked the subclass, not str")


class Liar(str):
    """A text whose own methods answer as one valid SIRET would, whatever it holds."""

    __slots__ = ()
    _CLAIMED = "26750045200524"

    @override
    def __len__(self) -> int:
        return 14

    @override
    def __str__(self) -> str:
        return self._CLAIMED

    @override
    def __getitem__(self, key: object) -> str:
        return self._CLAIMED

    @override
    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        return self._CLAIMED.encode()

    @override
    def translate(self, table: object) -> str:
        return self._CLAIMED

    @override
    def upper(self) -> str:
        return self._CLAIMED

    @override
    def isascii(self) -> bool:
        return True

    @override
    def isalnum(self) -> bool:
        return True

    @override
    def isdigit(self) -> bool:
        return True


class Saboteur(str):
    """A text each of whose methods raises; only `str` itself can tell what it holds."""

    __slots__ = ()
    __len__ = __str__ = __repr__ = __getitem__ = __iter__ = __contains__ = __add__ = __radd__ = _raise
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __format__ = __mod__ = _raise
    __hash__ = _raise
    encode = translate = upper = lower = strip = lstrip = replace = split = join = count = find = _raise
    isascii = isalnum = isdigit = isdecimal = isnumeric = isspace = startswith = casefold = _raise


class ClaimsToBeText:
    """`isinstance(ClaimsToBeText(), str)` is true, as it is of a mock with `spec=str`; it holds nothing."""

    __class__ = property(lambda _: str)  # pyright: ignore[reportIncompatibleMethodOverride]


class ClassRaises:
    """Even asking what it is raises."""

    __class__ = property(_raise)  # pyright: ignore[reportIncompatibleMethodOverride]


class SiretByName(enum.StrEnum):
    """What a host may have: an honest subclass of `str`."""

    HOSPITAL = "26750045200524"
