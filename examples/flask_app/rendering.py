"""Rendering: the values and functions that every shared template is given."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import urlencode
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import (
    Response,
    current_app,
    get_flashed_messages,
    make_response,
    render_template,
    request,
    url_for,
)
from flask_wtf.csrf import generate_csrf  # pyright: ignore[reportUnknownVariableType]
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from entractes_auth.records.kinds import Locale
from examples.flask_app.forms import CLEAN, Form
from examples.flask_app.host import host
from examples.flask_app.sessions import locale, member_id, reviewer
from examples.pages.strings import text

__all__ = ["notice", "render", "say", "way_back", "when"]

_LANGUAGES = ((Locale.FR, "Français"), (Locale.EN, "English"))


def say(key: str, **values: object) -> str:
    """A text of the pages, in the visitor's language."""
    return text(key, locale(), **values)


def when(moment: datetime) -> str:
    """A date and time in Paris; in UTC, and said so, on a machine without a time zone database."""
    try:
        local, zone = moment.astimezone(ZoneInfo("Europe/Paris")), ""
    except ZoneInfoNotFoundError:
        local, zone = moment.astimezone(UTC), " UTC"
    return local.strftime("%d/%m/%Y %H:%M" if locale() is Locale.FR else "%d %b %Y %H:%M") + zone


def render(template: str, status: int = 200, *, form: Form = CLEAN, **values: Any) -> Response:
    """A page. `form` holds what was typed and what is wrong with it."""
    site = host().auth.site
    page = render_template(
        template,
        t=say,
        url=url_for,
        csrf_field=_csrf_field,
        locale=locale(),
        languages=_languages(),
        notices=_notices(),
        site_name=site.name,
        support_email=site.support_email,
        member=member_id() is not None,
        reviewer=reviewer(),
        demo=host().mailbox is not None,
        values=form.values,
        errors=form.errors,
        summary=form.summary,
        **values,
    )
    return make_response(page, status)


def notice(
    key: str,
    status: int = 200,
    *,
    look: str = "",
    detail: str = "",
    links: list[tuple[str, str]] | None = None,
) -> Response:
    """A page of one message: `key` names its title and text; `detail` replaces the text."""
    home = [(url_for("home.index"), say("go.home"))]
    return render(
        "notice.html", status, key=key, look=look, detail=detail, links=home if links is None else links
    )


def _notices() -> list[tuple[str, str]]:
    """What the last form led to: look and text. A notice is good news unless it was flashed as "wait"."""
    kept = cast("list[tuple[str, str]]", get_flashed_messages(with_categories=True))
    return [("wait" if look == "wait" else "success", key) for look, key in kept]


def _csrf_field() -> Markup:
    """The hidden field of every form. One function for the whole field: frameworks name it differently."""
    token: str = generate_csrf()
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(token)


def way_back() -> str:
    """The page that the visitor came from: this address, or, where it only takes forms, the one above it."""
    return _nearest_page()[0]


def _nearest_page() -> tuple[str, bool]:
    """The address of that page, and whether it is this very one.

    Built from the route and not from the path that came in, which may hold anything.
    """
    adapter = current_app.create_url_adapter(request)
    above = request.path.rpartition("/")[0]
    for path, is_this_one in ((request.path, True), (above, False)):
        if adapter is None:
            break
        with suppress(HTTPException):  # no page there
            endpoint, arguments = adapter.match(path, method="GET")
            return url_for(endpoint, **arguments), is_this_one
    return url_for("home.index"), False


def _languages() -> list[dict[str, str]]:
    """This same page in each language."""
    page, is_this_one = _nearest_page()
    # An error page repeats nothing of what was sent: arguments are those of a page that took them.
    kept = [pair for pair in request.args.items(multi=True) if is_this_one and pair[0] != "langue"]
    return [
        {"code": code.value, "label": label, "href": f"{page}?{urlencode([*kept, ('langue', code.value)])}"}
        for code, label in _LANGUAGES
    ]
