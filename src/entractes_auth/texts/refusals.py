"""What to show a person for a problem or an error: what is wrong, and how to mend it.

No sentence quotes what was typed, and none tells more than the error does: an identifier that does
not exist and a wrong password are told in the same words, because they are the same error.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from string import Formatter
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from entractes_auth.errors import AuthError, InvalidInput, Limited, NumberRefused, Problem
from entractes_auth.numbers import refusal_texts
from entractes_auth.records.kinds import Locale
from entractes_auth.texts.english_refusals import ENGLISH_REFUSALS
from entractes_auth.texts.french_refusals import FRENCH_REFUSALS
from entractes_auth.texts.wording import Wording

__all__ = ["explain", "explain_error", "field_label"]

_WORDINGS: Final[Mapping[Locale, Wording]] = {Locale.FR: FRENCH_REFUSALS, Locale.EN: ENGLISH_REFUSALS}


def field_label(field: str, locale: Locale) -> str:
    """How the page calls a field ("contacts.mobile"); a name that is not ours is given back as it is."""
    wording = _WORDINGS[locale]
    label = wording.labels.get(field)
    return field if label is None else wording.typeset(label)


def explain(problem: Problem, locale: Locale) -> str:
    """The sentence for one field: what is wrong with it, and how to mend it. Plain text: escape it in HTML.

    A code that this version does not know gets a sentence that asks to check the field.
    """
    return _WORDINGS[locale].typeset(_sentence(problem, locale))


def explain_error(error: AuthError, locale: Locale, *, now: datetime | None = None) -> str:
    """The sentence or two for an error of this package. Plain text: escape it in HTML.

    With `now` (aware), `Limited` says in how many minutes to come back; without, at what time in Paris.
    """
    return _WORDINGS[locale].typeset(_sentences(error, locale, now))


def _sentence(problem: Problem, locale: Locale) -> str:
    wording = _WORDINGS[locale]
    if problem.code.startswith("number_"):
        return _explain_number(_number_refused(problem), locale)
    values: dict[str, object] = {**problem.params, "label": field_label(problem.field, locale)}
    maximum_bytes = problem.params.get("maximum_bytes")
    if isinstance(maximum_bytes, int):
        values["megabytes"] = _megabytes(maximum_bytes, wording)
    return _best(problem, wording, values).format_map(values)


def _sentences(error: AuthError, locale: Locale, now: datetime | None) -> str:
    wording = _WORDINGS[locale]
    match error:
        case Limited():
            return wording.limited.format(when=_when(error.retry_at, now, wording))
        case NumberRefused():
            return _explain_number(error, locale)
        case InvalidInput() if error.problems:
            return " ".join(dict.fromkeys(explain(problem, locale) for problem in error.problems))
        case _:
            return _by_class(type(error), wording)


def _best(problem: Problem, wording: Wording, values: Mapping[str, object]) -> str:
    """The field's own sentence before the general one, and the most precise that the values can fill."""
    for key in (f"{problem.field}:{problem.code}", problem.code):
        for sentence in wording.problems.get(key, ()):
            if values.keys() >= _names(sentence):
                return sentence
    return wording.unknown_problem


def _by_class(kind: type[AuthError], wording: Wording) -> str:
    """The sentence of the class, or of its nearest parent that has one: the root has one."""
    return next(wording.errors[parent] for parent in kind.__mro__ if parent in wording.errors)


def _number_refused(problem: Problem) -> NumberRefused:
    position = problem.params.get("position")
    return NumberRefused(
        str(problem.params.get("kind", "")),
        problem.code.removeprefix("number_"),
        str(problem.params.get("detail", "")),
        position=position if isinstance(position, int) else None,
    )


def _explain_number(refused: NumberRefused, locale: Locale) -> str:
    try:
        return refusal_texts.explain(refused, locale.value)
    except KeyError:
        # A kind or detail of a later version: the person still learns that the number is wrong.
        return _WORDINGS[locale].number


def _names(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def _megabytes(count: int, wording: Wording) -> str:
    """In units of 2**20 bytes, as phones show them; rounded down, so that what is promised is taken."""
    amount = f"{math.floor(count / 2**20 * 10) / 10:g}".replace(".", wording.decimal_mark)
    return wording.megabytes.format(amount=amount)


def _when(retry_at: datetime, now: datetime | None, wording: Wording) -> str:
    if now is None:
        return _at(retry_at, wording)
    minutes = math.ceil((retry_at - now) / timedelta(minutes=1))
    if minutes <= 0:
        return wording.now
    # Rounded up: who comes back at the time that was said must not be refused again.
    if minutes < 60:
        return _within(minutes, "minute", wording)
    hours = math.ceil(minutes / 60)
    return _within(hours, "hour", wording) if hours <= 48 else _within(math.ceil(hours / 24), "day", wording)


def _within(amount: int, unit: str, wording: Wording) -> str:
    singular, plural = wording.units[unit]
    return wording.within.format(amount=amount, unit=singular if amount == 1 else plural)


def _at(retry_at: datetime, wording: Wording) -> str:
    local, zone = _in_paris(retry_at + timedelta(minutes=1) - timedelta.resolution)
    return wording.at.format(date=local.strftime(wording.date), time=local.strftime("%H:%M"), zone=zone)


def _in_paris(moment: datetime) -> tuple[datetime, str]:
    try:
        return moment.astimezone(ZoneInfo("Europe/Paris")), "Paris"
    except ZoneInfoNotFoundError:
        # A machine without a time zone database, such as a bare Windows: UTC, and said so.
        return moment.astimezone(UTC), "UTC"
