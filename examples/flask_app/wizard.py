"""The wizard: four steps, each saved when it is left, and what follows until a human decides.

The secret link is in the path, so it works on any device and without a cookie. Each POST ends in a
redirect, unless something is to be mended: then the same page comes back with what was typed.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge, abort
from werkzeug.wrappers import Response as AnyResponse

from entractes_auth.errors import AuthError, InvalidInput, NotFound, NotPossibleNow, Problem
from entractes_auth.flows import confirmation, registration
from entractes_auth.flows.progress import Progress
from entractes_auth.records.kinds import Kind, State, Step
from entractes_auth.steps import parse_step
from examples.flask_app import failures
from examples.flask_app import wizard_pages as pages
from examples.flask_app.forms import with_problems
from examples.flask_app.host import host, network, run
from examples.flask_app.rendering import render
from examples.flask_app.sessions import locale

__all__ = ["wizard"]

wizard = Blueprint("wizard", __name__, url_prefix="/inscription")
_CHUNK_BYTES: Final = 64 * 1024


@wizard.post("/")
def begin() -> AnyResponse:
    """Begin, as one of the three audiences."""
    kind = request.form.get("kind", "")
    if kind not in set(Kind):
        abort(400)
    draft = run(registration.begin(Kind(kind), locale=locale(), network=network()))
    return redirect(pages.address(draft.link.reveal(), Step.IDENTITY))


@wizard.get("/<token>")
def resume(token: str) -> AnyResponse:
    """The page of the present state."""
    progress = run(registration.resume(token))
    match progress.state:
        case State.DRAFT | State.NEEDS_INFORMATION:
            return redirect(pages.address(token, pages.first(progress)))
        case State.SUBMITTED:
            return render("next_step.html", progress=progress, token=token, link=pages.link(token))
        case State.IN_REVIEW:
            return render("under_review.html", token=token)
        case State.APPROVED | State.REJECTED | State.WITHDRAWN | State.EXPIRED:
            return render("status.html", progress=progress)


@wizard.get("/<token>/<slug>")
def step(token: str, slug: str) -> AnyResponse:
    """One step, as it was saved. Any other address, say of a form that is loaded again, leads to the present page."""
    progress, here = _open(token, slug)
    if here is None:
        return redirect(url_for("wizard.resume", token=token))
    return pages.show(token, progress, here, pages.saved(progress, here))


@wizard.post("/<token>/<slug>")
def save(token: str, slug: str) -> AnyResponse:
    """Save what was typed, attach what was chosen, then go where the button says."""
    progress, here = _open(token, slug)
    if here is None:
        return redirect(url_for("wizard.resume", token=token))
    action, _, argument = request.form.get("action", "next").partition(":")
    if action == "remove":
        with suppress(NotFound):  # pressed twice, or in another tab: it is gone, as was asked
            run(registration.detach(token, argument))
    uploads = _attach(token, progress, wanted=action == "attach")
    problems = _save(token, progress, here)
    match action:
        case "attach" | "remove":
            return _stay(token, here, uploads, typed=bool(problems))
        case "previous":
            if problems:
                flash("wizard.not_saved", "wait")
            return redirect(pages.address(token, pages.previous(progress, here)))
        case _:
            return _go_on(token, here, [*problems, *uploads])


@wizard.get("/<token>/desistement")
def leave(token: str) -> AnyResponse:
    """Ask before it is over."""
    progress = run(registration.resume(token))
    if progress.state in {State.APPROVED, State.REJECTED, State.WITHDRAWN, State.EXPIRED}:
        return redirect(url_for("wizard.resume", token=token))
    return render("leave.html", token=token)


@wizard.post("/<token>/desistement")
def withdraw(token: str) -> AnyResponse:
    """Give up."""
    run(registration.withdraw(token))
    return redirect(url_for("wizard.resume", token=token))


@wizard.post("/<token>/correction")
def amend(token: str) -> AnyResponse:
    """Back to the contacts, before they are proved."""
    run(registration.amend(token))
    flash("wizard.amended")
    return redirect(pages.address(token, Step.CONTACTS))


@wizard.post("/<token>/nouveau-lien")
def restart(token: str) -> AnyResponse:
    """A new link and a new code."""
    run(confirmation.restart(token, network=network()))
    flash("next.restarted")
    return redirect(url_for("wizard.resume", token=token))


@wizard.errorhandler(NotPossibleNow)
def not_now(_error: NotPossibleNow) -> AnyResponse:
    """The registration has moved on, in another tab or by the operator: show where it stands."""
    return redirect(url_for("wizard.resume", token=(request.view_args or {})["token"]))


@wizard.errorhandler(RequestEntityTooLarge)
def too_large(error: RequestEntityTooLarge) -> AnyResponse:
    """Nearly always a photo: told at its field, with the others as they were saved, since nothing was read."""
    general = failures.too_large(error)
    arguments = {"token": "", "slug": "", **(request.view_args or {})}
    if not failures.was_refused_unread():
        return general
    try:
        progress, here = _open(arguments["token"], arguments["slug"])
    except AuthError:
        return general  # an error's own errors have no handler, and this link opens nothing anyway
    if here is not Step.PRACTICE or not progress.document_open:
        return general
    problem = Problem("document", "too_large", {"maximum_bytes": host().auth.policy.documents.maximum_bytes})
    form = with_problems([problem], locale(), pages.saved(progress, here))
    return pages.show(arguments["token"], progress, here, form, status=413)


def _open(token: str, slug: str) -> tuple[Progress, Step | None]:
    """Where the registration stands, and the step of this address if it may be seen now."""
    progress = run(registration.resume(token))
    here = pages.SLUGS.get(slug)
    visible = progress.state is not State.DRAFT or here in progress.open_steps
    return progress, here if visible and here in pages.visible(progress) else None


def _save(token: str, progress: Progress, here: Step) -> list[Problem]:
    if here not in progress.open_steps:
        return []  # only the document is asked for again
    try:
        run(registration.save(token, parse_step(here, pages.typed(here))))
    except InvalidInput as refused:
        return list(refused.problems)
    return []


def _attach(token: str, progress: Progress, *, wanted: bool) -> list[Problem]:
    upload = request.files.get("document")
    if upload is None or not upload.filename or not progress.document_open:
        return [Problem("document", "missing")] if wanted else []
    try:
        run(registration.attach(token, iter(lambda: upload.stream.read(_CHUNK_BYTES), b"")))
    except InvalidInput as refused:
        return list(refused.problems)
    return []


def _stay(token: str, here: Step, uploads: list[Problem], *, typed: bool) -> AnyResponse:
    """A document was added or taken away: the same page, with unfinished fields as they were typed."""
    if not uploads and not typed:
        return redirect(pages.address(token, here) + "#documents")
    progress = run(registration.resume(token))
    form = with_problems(uploads, locale(), pages.typed(here))
    return pages.show(token, progress, here, form, status=422 if uploads else 200)


def _go_on(token: str, here: Step, problems: list[Problem]) -> AnyResponse:
    progress = run(registration.resume(token))
    if not problems and here is not pages.visible(progress)[-1]:
        return redirect(pages.address(token, pages.following(progress, here)))
    if not problems:
        problems = _submit(token)
    if not problems:
        return redirect(url_for("wizard.resume", token=token))
    form = with_problems(
        problems, locale(), pages.typed(here), href=lambda field: pages.place(token, here, field)
    )
    return pages.show(token, progress, here, form, status=422)


def _submit(token: str) -> list[Problem]:
    try:
        run(registration.submit(token, network=network()))
    except InvalidInput as refused:
        return list(refused.problems)
    return []
