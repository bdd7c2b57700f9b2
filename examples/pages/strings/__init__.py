"""All texts of the example sites' pages, French first: `text("login.title", Locale.FR)`.

What the package itself says (messages, refusals, findings) is in `entractes_auth.texts` and
`entractes_auth.numbers`. The tables here are grouped by who reads them: everyone, applicants
(the form, then its outcome), members, operators.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from entractes_auth.records.kinds import Locale
from entractes_auth.typography import french
from examples.pages.strings.applicant import APPLICANT
from examples.pages.strings.common import COMMON
from examples.pages.strings.member import MEMBER
from examples.pages.strings.office import OFFICE
from examples.pages.strings.outcome import OUTCOME

__all__ = ["TEXTS", "text"]

TEXTS: Final[Mapping[str, tuple[str, str]]] = {**COMMON, **APPLICANT, **OUTCOME, **MEMBER, **OFFICE}
"""Key to (French, English)."""


def text(key: str, locale: Locale, /, **values: object) -> str:
    """The text in that language, typeset, with `{names}` filled in. Plain text: the template escapes it.

    Raises `KeyError` for a key that is not there: a page without its words must not be served.
    """
    in_french, in_english = TEXTS[key]
    return (in_english if locale is Locale.EN else french(in_french)).format(**values)
