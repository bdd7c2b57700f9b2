"""What a form page shows again: the values that were typed, and a sentence for each that must be mended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from entractes_auth.errors import Problem
from entractes_auth.records.kinds import Locale
from entractes_auth.texts import explain

__all__ = ["CLEAN", "Form", "Line", "field_name", "one_error", "with_problems"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the error summary; `href` leads to the field, on this page or another."""

    href: str
    text: str


@dataclass(frozen=True, slots=True)
class Form:
    """`values` and `errors` by the name of the control. Holds personal data: for one response only."""

    values: Mapping[str, object] = field(default_factory=dict[str, object], repr=False)
    errors: Mapping[str, str] = field(default_factory=dict[str, str])
    summary: tuple[Line, ...] = ()


CLEAN = Form()


def field_name(path: str) -> str:
    """The control of a problem's field: "contacts.mobile" is `mobile`."""
    return path.rpartition(".")[2]


def _on_this_page(path: str) -> str:
    return "#" + field_name(path)


def with_problems(
    problems: Iterable[Problem],
    locale: Locale,
    values: Mapping[str, object],
    *,
    href: Callable[[str], str] = _on_this_page,
) -> Form:
    """The form with a sentence at each field and in the summary; `href` says where a field is."""
    sentences = [(problem.field, explain(problem, locale)) for problem in problems]
    return Form(
        values=values,
        errors={field_name(path): sentence for path, sentence in reversed(sentences)},
        summary=tuple(Line(href(path), sentence) for path, sentence in sentences),
    )


def one_error(name: str, sentence: str, values: Mapping[str, object] | None = None) -> Form:
    """One sentence, at one control."""
    return Form(values=values or {}, errors={name: sentence}, summary=(Line("#" + name, sentence),))
