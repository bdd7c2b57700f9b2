"""Espace de l'équipe: the reviewer's sign-in, the queue, one registration, and what is decided about it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, request, url_for
from werkzeug.exceptions import abort
from werkzeug.wrappers import Response as AnyResponse

from entractes_auth.errors import Conflict, InvalidInput, NotPossibleNow, Taken
from entractes_auth.flow import Flow
from entractes_auth.flows import review
from entractes_auth.flows.review import Reviewer
from entractes_auth.records.kinds import Step
from examples.flask_app import backoffice_pages as pages
from examples.flask_app import sessions
from examples.flask_app.forms import CLEAN, Form, one_error, with_problems
from examples.flask_app.host import host, network, run
from examples.flask_app.queue_filters import read_filters
from examples.flask_app.rendering import render, say

__all__ = ["backoffice"]

backoffice = Blueprint("backoffice", __name__, url_prefix="/equipe")
_OPEN = frozenset({"backoffice.sign_in", "backoffice.check"})


@backoffice.before_request
def require_reviewer() -> AnyResponse | None:
    """Every page but the sign-in: one gate, so that no new page can forget it."""
    if request.endpoint in _OPEN or sessions.reviewer() is not None:
        return None
    return redirect(url_for("backoffice.sign_in"))


@backoffice.get("/connexion")
def sign_in() -> Response:
    """The staff's own sign-in."""
    return render("office_sign_in.html")


@backoffice.post("/connexion")
def check() -> AnyResponse:
    """The one reviewer account."""
    form = request.form
    found = host().desk.open(form.get("username", ""), form.get("password", ""), host().clock, network())
    if found is None:
        return render("office_sign_in.html", 422, form=one_error("username", say("office.sign_in.refused")))
    sessions.open_desk()
    return redirect(url_for("backoffice.queue"))


@backoffice.post("/deconnexion")
def sign_out() -> AnyResponse:
    """Forget the session."""
    sessions.end()
    flash("member.signed_out")
    return redirect(url_for("backoffice.sign_in"))


@backoffice.get("")
def queue() -> Response:
    """The registrations, oldest submission first, 25 a page."""
    filters = read_filters(request.args)
    try:
        found = run(review.queue(_me(), **filters.arguments, after=request.args.get("after") or None))
    except InvalidInput:
        abort(400)  # a cursor that was cut
    return pages.show_queue(found, filters)


@backoffice.get("/inscriptions/<registration_id>")
def registration(registration_id: str) -> Response:
    """All there is to decide on."""
    return _show(registration_id)


@backoffice.get("/inscriptions/<registration_id>/documents/<document_id>")
def document(registration_id: str, document_id: str) -> Response:
    """A supporting document, as what it was found to be and as nothing else."""
    found = run(review.document(_me(), registration_id, document_id))
    response = make_response(found.content)
    response.headers.update(pages.document_headers(found.document))
    return response


@backoffice.post("/inscriptions/<registration_id>/prise-en-charge")
def claim(registration_id: str) -> AnyResponse:
    """Take it."""
    return _decide(registration_id, review.claim(_me(), registration_id), "office.claimed")


@backoffice.post("/inscriptions/<registration_id>/retour")
def release(registration_id: str) -> AnyResponse:
    """Put it back."""
    return _decide(registration_id, review.release(_me(), registration_id), "office.released")


@backoffice.post("/inscriptions/<registration_id>/note")
def note(registration_id: str) -> AnyResponse:
    """Write something down for the others."""
    text = request.form.get("note", "")
    return _decide(registration_id, review.note(_me(), registration_id, text=text), "office.noted")


@backoffice.post("/inscriptions/<registration_id>/approbation")
def approve(registration_id: str) -> AnyResponse:
    """Approve: the credentials leave at once."""
    return _decide(
        registration_id, review.approve(_me(), registration_id, version=_version()), "office.approved"
    )


@backoffice.post("/inscriptions/<registration_id>/refus")
def reject(registration_id: str) -> AnyResponse:
    """Reject, with a reason."""
    reason = request.form.get("reason", "")
    flow = review.reject(_me(), registration_id, reason=reason, version=_version())
    return _decide(registration_id, flow, "office.rejected", opened="reject")


@backoffice.post("/inscriptions/<registration_id>/complement")
def ask(registration_id: str) -> AnyResponse:
    """Ask for more: the flagged steps open again."""
    flagged = set(request.form.getlist("steps"))
    flow = review.ask(
        _me(),
        registration_id,
        steps=frozenset(step for step in Step if step.value in flagged),
        document=pages.DOCUMENT in flagged,
        question=request.form.get("question", ""),
        version=_version(),
    )
    return _decide(registration_id, flow, "office.asked", opened="ask")


@backoffice.get("/messages")
def dead_letters() -> Response:
    """What could not be delivered."""
    try:
        found = run(review.dead_letters(_me(), after=request.args.get("after") or None))
    except InvalidInput:
        abort(400)
    return pages.show_dead_letters(found)


def _me() -> Reviewer:
    reviewer = sessions.reviewer()
    if reviewer is None:
        abort(403)  # the gate above let nobody else in
    return reviewer


def _version() -> int | None:
    """The version that the page showed, so that nothing is decided on what nobody has read."""
    return request.form.get("version", type=int)


def _decide(registration_id: str, flow: Flow[Any], done: str, *, opened: str = "") -> AnyResponse:
    """Run a decision, then show the registration again: as it is now, or with what is to be mended."""
    try:
        run(flow)
    except InvalidInput as error:
        typed = {**request.form, "steps": request.form.getlist("steps")}
        form = with_problems(error.problems, sessions.locale(), typed)
        return _show(registration_id, form, opened=opened)
    except Taken:
        return _show(registration_id, Form(summary=(pages.taken(),)))
    except (NotPossibleNow, Conflict):
        # Another reviewer, or the applicant, was first: show how it stands now.
        flash("office.changed", "wait")
    else:
        flash(done)
    return redirect(url_for("backoffice.registration", registration_id=registration_id))


def _show(registration_id: str, form: Form = CLEAN, *, opened: str = "") -> Response:
    return pages.show_registration(run(review.read(_me(), registration_id)), form, opened=opened)
