"""What a database holds in a number's place, and what is no number."""

from __future__ import annotations

from typing_extensions import override

__all__ = ["Unreadable"]


class Unreadable(str):
    """A stored text that is no valid number of its field's kind, exactly as it stands in the database.

    Only reading makes one. Writing it back, or comparing with it, goes through unchanged, so that a
    row can be saved for another column's sake; a form that shows it asks the person to mend it.

    `formatted` and `masked` are there as a number has them, so that a page needs no special case;
    `isinstance(value, Unreadable)` finds the rows to mend. `repr()` shows nothing of it: it may well be
    a person's number with one digit wrong.
    """

    __slots__ = ()

    @property
    def formatted(self) -> str:
        """As it is: what is not understood is not regrouped."""
        return str(self)

    @property
    def masked(self) -> str:
        """One bullet for each character."""
        return "•" * len(self)

    @override
    def __repr__(self) -> str:
        return f"{type(self).__name__}('{self.masked}')"
