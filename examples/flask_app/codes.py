"""The pages with a code field: what confirmation, sign-in and recovery show alike."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta

from flask import Response

from entractes_auth.errors import CodeRefused, InvalidInput
from entractes_auth.flows.codes import CodePage
from entractes_auth.texts import explain_error
from examples.flask_app.forms import CLEAN, Form, one_error
from examples.flask_app.host import host
from examples.flask_app.rendering import render, say
from examples.flask_app.sessions import locale

__all__ = ["refused", "show"]


def refused(error: CodeRefused | InvalidInput) -> Form:
    """The code page's error. The code itself is not shown again: it is typed anew."""
    missing = isinstance(error, InvalidInput) and error.problems[0].code == "missing"
    return one_error("code", say("code.missing") if missing else explain_error(error, locale()))


def show(
    template: str, page: CodePage | None, *, form: Form = CLEAN, values: Mapping[str, object]
) -> Response:
    """A page with a code field, or before the first code was sent."""
    over = page is None or page.attempts_left == 0
    # Without attempts there is no field for the summary to lead to: the page itself says it.
    shown = Form(values=form.values, errors=form.errors) if over and "code" in form.errors else form
    return render(
        template,
        422 if form.errors else 200,
        form=shown,
        page=page,
        code_life=_life(page),
        resend_wait=_wait(page),
        may_resend=page is None or page.may_resend_at is not None,
        **values,
    )


def _life(page: CodePage | None) -> str:
    if page is None or page.code_expires_at is None:
        return ""
    left = page.code_expires_at - host().clock.now()
    if left <= timedelta(0):
        return say("code.over")
    minutes = math.ceil(left / timedelta(minutes=1))
    return say("code.life", time=say(f"time.minutes.{'one' if minutes == 1 else 'many'}", number=minutes))


def _wait(page: CodePage | None) -> str:
    """Why another code cannot be asked for at this moment, "" when it can."""
    if page is None:
        return ""
    if page.may_resend_at is None:
        return say("code.no_more")
    seconds = _seconds_until(page.may_resend_at)
    return say("code.wait", time=say("time.seconds", number=seconds)) if seconds > 0 else ""


def _seconds_until(moment: datetime) -> int:
    return math.ceil((moment - host().clock.now()) / timedelta(seconds=1))
