"""Demonstration only: the side page that shows what phones and mailboxes would have received.

Registered when `create_app` is given a `Mailbox`, and never on a site that real people use: whoever
opens it can sign in as anyone.
"""

from __future__ import annotations

import re
from typing import Final

from flask import Blueprint, Response

from entractes_auth.backends.ports import Outgoing
from examples.flask_app.host import host
from examples.flask_app.rendering import render

__all__ = ["demo"]

demo = Blueprint("demo", __name__, url_prefix="/demo")
_LINK: Final = re.compile(r"(https?://[^\s<>\"]+)")


@demo.get("/boite")
def mailbox() -> Response:
    """Téléphone et boîte aux lettres."""
    kept = host().mailbox
    messages = kept.messages if kept is not None else ()
    return render("mailbox.html", messages=[_shown(message) for message in reversed(messages)])


def _shown(message: Outgoing) -> dict[str, object]:
    """The text, cut where a link begins and ends; the HTML part is not shown, so nothing of it can run."""
    pieces = _LINK.split(message.text)
    parts = [(piece, piece if number % 2 else "") for number, piece in enumerate(pieces)]
    return {
        "channel": message.channel.value,
        "to": message.to,
        "subject": message.subject,
        "parts": parts,
    }
