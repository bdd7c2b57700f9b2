"""All texts of the example sites' pages, French first: `text("login.title", Locale.FR)`.

What the package itself says (messages, refusals, findings) is in `entractes_auth.texts` and
`entractes_auth.numbers`. The tables here are grouped by who reads them: everyone, applicants
(the form, then its outcome), members, operators.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from entractes_auth.records.kinds import Locale
from examples.pages.strings.applicant import APPLICANT
from examples.pages.strings.common import COMMON
from examples.pages.strings.member import MEMBER
from examples.pages.strings.office import OFFICE
from examples.pages.strings.outcome import OUTCOME

__all__ = ["TEXTS", "text", "typeset"]

TEXTS: Final[Mapping[str, tuple[str, str]]] = {**COMMON, **APPLICANT, **OUTCOME, **MEMBER, **OFFICE}
"""Key to (French, English)."""

_BEFORE: Final = re.compile(r" (?=[:;!?»]|[KMkm]o\b)")
_AFTER: Final = re.compile(r"(?<=[«°]) ")
_NO_BREAK: Final = "\u00a0"


def text(key: str, locale: Locale, /, **values: object) -> str:
    """The text in that language, with `{names}` filled in. Plain text: the template escapes it.

    Raises `KeyError` for a key that is not there: a page without its words must not be served.
    """
    french, english = TEXTS[key]
    return typeset(english if locale is Locale.EN else french, locale).format(**values)


def typeset(sentence: str, locale: Locale) -> str:
    """The sentence as the page shows it, also for those of `entractes_auth.texts`.

    French punctuation and units of size are kept from standing alone at the start of a line: the
    spaces before `: ; ! ?`, "ko" and "Mo", after "n°" and inside « », become no-break spaces.
    """
    if locale is Locale.EN:
        return sentence
    return _AFTER.sub(_NO_BREAK, _BEFORE.sub(_NO_BREAK, sentence))
