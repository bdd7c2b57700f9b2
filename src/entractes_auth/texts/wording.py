"""The shape of the refusals' data: one value of `Wording` per language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from entractes_auth.errors import AuthError

__all__ = ["Wording"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """All refusals in one language.

    `problems`: by a problem's code, or by "field:code" where one field deserves words of its own;
    sentences from the most precise to the plainest, of which the first whose values are all there is
    taken. `{label}` is the field's, the others are the problem's params.
    `errors`: by class; a subclass that is not listed is told as its nearest listed parent.
    `limited`: when to come back, as `{when}`. `units`: singular and plural. `typeset`: the language's
    typography, for all of them.
    """

    labels: Mapping[str, str]
    problems: Mapping[str, tuple[str, ...]]
    unknown_problem: str
    number: str
    errors: Mapping[type[AuthError], str]
    limited: str
    now: str
    within: str
    units: Mapping[str, tuple[str, str]]
    at: str
    date: str
    megabytes: str
    decimal_mark: str
    typeset: Callable[[str], str]
