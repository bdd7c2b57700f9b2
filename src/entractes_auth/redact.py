"""Values that must not be printed: secrets as types of their own, and records with a short `repr`."""

from __future__ import annotations

from typing_extensions import override

__all__ = ["Secret"]


class Secret:
    """A text that only `reveal()` shows: `repr`, `str`, f-strings and logs print dots.

    Two secrets compare equal when their texts do, not in constant time: judging a secret is
    the business of `codes`, `links` and `credentials`.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the one place that sends or compares it."""
        return self._text

    @override
    def __repr__(self) -> str:
        return "Secret(•••)"

    @override
    def __str__(self) -> str:
        return "•••"

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    @override
    def __hash__(self) -> int:
        return hash(self._text)

    @override
    def __reduce__(self) -> str:
        raise TypeError("a Secret is not pickled; send what it opens, not the secret")
