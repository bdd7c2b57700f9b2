"""All that people read, in French and English, in one place.

    render(message, site=site, secrets=secrets)   the SMS or the e-mail that one line of the outbox is
    explain(problem, locale)                      what to mend in one field
    explain_error(error, locale)                  what to show for any error of this package
    field_label(field, locale)                    how a field is called on the page

The sentences are data: `french`, `english` (messages), `french_refusals`, `english_refusals`.
"""

from __future__ import annotations

from entractes_auth.texts.refusals import explain, explain_error, field_label
from entractes_auth.texts.render import render

__all__ = ["explain", "explain_error", "field_label", "render"]
