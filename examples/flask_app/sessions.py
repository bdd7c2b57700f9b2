"""What the browser's session holds: language, CSRF token, sign-in ticket, member, reviewer.

The session is Flask's signed cookie: nobody can change it, its holder can read it. So it holds
nothing that the holder may not know. The ticket is a secret, and the browser's own: who reads it there
has just typed the password that it stands for, and it opens nothing without the code. Account and
reviewer ids are no secrets, and open nothing outside a signed session.

A session ends with the password that opened it: a recovery puts out whoever had signed in before.
Accepted weakness of a cookie without a server side: a copy of it stays good after "Se déconnecter",
until it is idle for 30 minutes or 8 hours old.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from flask import session

from entractes_auth.flows.review import Reviewer
from entractes_auth.records.kinds import Locale
from entractes_auth.redact import Secret
from examples.flask_app.host import host

__all__ = [
    "end",
    "locale",
    "member_id",
    "open_desk",
    "open_member",
    "password_serial",
    "reviewer",
    "set_locale",
    "set_ticket",
    "ticket",
]

_IDLE: Final = timedelta(minutes=30)
_LONGEST: Final = timedelta(hours=8)


def locale() -> Locale:
    """The language that was chosen; French until then."""
    return Locale.EN if session.get("locale") == Locale.EN.value else Locale.FR


def set_locale(chosen: Locale) -> None:
    """Keep the language for the pages that follow."""
    session["locale"] = chosen.value


def set_ticket(secret: Secret) -> None:
    """Keep the ticket of a right password until the code is typed. It opens nothing without the code."""
    session["ticket"] = secret.reveal()


def ticket() -> str:
    """The ticket, "" when there is none (which no flow accepts)."""
    return str(session.get("ticket", ""))


def open_member(account_id: str, password_serial: str) -> None:
    """Both factors are proved. Everything else is forgotten, the CSRF token included."""
    _renew("member", account_id)
    session["serial"] = password_serial


def password_serial() -> str:
    """The serial of the password that opened the member's session."""
    return str(session.get("serial", ""))


def open_desk() -> None:
    """The reviewer signed in."""
    _renew("reviewer", host().desk.reviewer.id)


def member_id() -> str | None:
    """The signed-in member's account, or None."""
    return _signed_in("member")


def reviewer() -> Reviewer | None:
    """The signed-in reviewer, or None."""
    desk = host().desk
    return desk.reviewer if _signed_in("reviewer") == desk.reviewer.id else None


def end() -> None:
    """Sign out: all is forgotten but the language."""
    chosen = locale()
    session.clear()
    set_locale(chosen)


def _renew(who: str, name: str) -> None:
    end()
    now = host().clock.now()
    session.update({who: name, "since": now.isoformat(), "seen": now.isoformat()})


def _signed_in(who: str) -> str | None:
    name, since, seen = (session.get(key) for key in (who, "since", "seen"))
    if not (isinstance(name, str) and isinstance(since, str) and isinstance(seen, str)):
        return None
    now = host().clock.now()
    if now - datetime.fromisoformat(seen) > _IDLE or now - datetime.fromisoformat(since) > _LONGEST:
        return None
    session["seen"] = now.isoformat()
    return name
