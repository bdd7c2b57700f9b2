"""What the wizard's pages show: which steps, in which order, with which values. No view here changes anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Response, request, url_for

from entractes_auth.flows.progress import Progress
from entractes_auth.numbers import offered_professions
from entractes_auth.records.kinds import Kind, Locale, Purpose, State, Step
from entractes_auth.records.registration import Document
from examples.flask_app.facts import (
    Fact,
    document_kind,
    document_size,
    of_care,
    of_identity,
    of_practice,
    phone,
)
from examples.flask_app.forms import Form, field_name
from examples.flask_app.host import host
from examples.flask_app.rendering import render, say
from examples.flask_app.sessions import locale

__all__ = [
    "SLUGS",
    "address",
    "first",
    "following",
    "link",
    "place",
    "previous",
    "saved",
    "show",
    "typed",
    "visible",
]

SLUGS: Final[Mapping[str, Step]] = {
    "identite": Step.IDENTITY,
    "exercice": Step.PRACTICE,
    "prise-en-charge": Step.CARE,
    "contacts": Step.CONTACTS,
}
_SLUG_OF: Final = {step: slug for slug, step in SLUGS.items()}
_DOCUMENT: Final = "document"

_TEXT_FIELDS: Final[Mapping[Step, tuple[str, ...]]] = {
    Step.IDENTITY: ("last_name", "first_name", "organisation", "street", "postcode", "city"),
    Step.PRACTICE: ("profession", "professional_number", "structure_number"),
    Step.CARE: (),
    Step.CONTACTS: ("mobile", "contact_phone", "email"),
}
_TICKS: Final[Mapping[Step, tuple[str, ...]]] = {
    Step.IDENTITY: (),
    Step.PRACTICE: (),
    Step.CARE: ("visit", "consultation"),
    Step.CONTACTS: ("newsletter",),
}


def address(token: str, step: Step) -> str:
    """The page of one step."""
    return url_for("wizard.step", token=token, slug=_SLUG_OF[step])


def link(token: str) -> str:
    """The whole address to keep, from the site's settings and not from the request's Host."""
    return host().auth.site.url(Purpose.RESUME, token)


def visible(progress: Progress) -> tuple[Step, ...]:
    """The steps of this registration's wizard: all of a draft's; later only what the operator flagged."""
    if progress.state is State.DRAFT:
        return tuple(Step)
    if progress.state is not State.NEEDS_INFORMATION:
        return ()
    # The document is asked for on the page of the practice.
    return tuple(
        step
        for step in Step
        if step in progress.open_steps or (step is Step.PRACTICE and progress.document_open)
    )


def first(progress: Progress) -> Step:
    """Where to go on: the first empty step of a draft, the first flagged one later."""
    return progress.reachable if progress.state is State.DRAFT else visible(progress)[0]


def following(progress: Progress, step: Step) -> Step:
    """The step after this one."""
    steps = visible(progress)
    return steps[min(steps.index(step) + 1, len(steps) - 1)]


def previous(progress: Progress, step: Step) -> Step:
    """The step before this one; itself when it is the first."""
    steps = visible(progress)
    return steps[max(steps.index(step) - 1, 0)]


def place(token: str, here: Step, field: str) -> str:
    """Where to mend a problem: a control of this page, or the page of another step."""
    if field == _DOCUMENT:
        step, anchor = Step.PRACTICE, "#document"
    elif "." in field:
        step, anchor = Step(field.partition(".")[0]), "#" + field_name(field)
    else:
        step, anchor = Step(field), ""
    return anchor or "#main" if step is here else address(token, step) + anchor


def typed(step: Step) -> dict[str, object]:
    """What the form holds, in the shape that `parse_step` reads."""
    form = request.form
    values: dict[str, object] = {name: form.get(name, "") for name in _TEXT_FIELDS[step]}
    values.update({name: name in form for name in _TICKS[step]})
    if step is Step.PRACTICE:
        values["networks"] = form.getlist("networks")
    return values


def saved(progress: Progress, step: Step) -> dict[str, object]:
    """What was saved for a step; both kinds of care are ticked at first, as in the tutorial."""
    data = {
        Step.IDENTITY: progress.identity,
        Step.PRACTICE: progress.practice,
        Step.CARE: progress.care,
        Step.CONTACTS: progress.contacts,
    }[step]
    if data is None:
        return {"visit": True, "consultation": True} if step is Step.CARE else {}
    values: dict[str, object] = {name: getattr(data, name) for name in type(data).model_fields}
    # Phones as people write them; they are read back to the same number.
    values.update({name: phone(str(values[name])) for name in ("mobile", "contact_phone") if name in values})
    return values


def show(
    token: str, progress: Progress, step: Step, form: Form | Mapping[str, object], *, status: int = 200
) -> Response:
    """One page of the wizard."""
    shown = form if isinstance(form, Form) else Form(values=form)
    steps = visible(progress)
    return render(
        f"wizard_{step.value}.html",
        status,
        form=shown,
        token=token,
        link=link(token),
        progress=progress,
        step=step,
        steps=[_dot(token, progress, one, step) for one in steps],
        number=steps.index(step) + 1,
        total=len(steps),
        previous=step is not steps[0],
        last=step is steps[-1],
        **_extra(token, progress, step),
    )


def _dot(token: str, progress: Progress, step: Step, here: Step) -> dict[str, str]:
    open_now = progress.state is not State.DRAFT or step in progress.open_steps
    missing = {problem.field for problem in progress.missing}
    return {
        "key": step.value,
        "href": address(token, step) if open_now and step is not here else "",
        "status": "" if step.value in missing or step is here else "done",
    }


def _extra(token: str, progress: Progress, step: Step) -> dict[str, object]:
    if step is Step.PRACTICE:
        policy = host().auth.policy
        english = locale() is Locale.EN
        return {
            "professions": [
                (one.key, one.label_en if english else one.label_fr) for one in offered_professions()
            ],
            "profession_optional": progress.kind is Kind.ESTABLISHMENT,
            "networks": [
                (key, policy.registration.network_label(key, locale()), "")
                for key in policy.registration.networks
            ],
            "editable": step in progress.open_steps,
            "attachable": progress.document_open,
            "documents": _documents(progress.documents),
            "megabytes": policy.documents.maximum_bytes // 2**20,
        }
    if step is Step.CONTACTS and progress.state is State.DRAFT:
        return {"recap": _recap(token, progress)}
    return {}


def _documents(documents: tuple[Document, ...]) -> list[dict[str, str]]:
    return [
        {
            "id": one.id,
            "label": say(
                "practice.document.label",
                number=number,
                kind=document_kind(one.media_type),
                size=document_size(one.size),
            ),
        }
        for number, one in enumerate(documents, 1)
    ]


def _recap(token: str, progress: Progress) -> list[dict[str, object]]:
    """What the earlier steps hold, to read again before it is sent."""
    attached: list[Fact] = [
        (say("recap.documents"), ", ".join(one["label"] for one in _documents(progress.documents)))
    ]
    parts: tuple[tuple[Step, list[Fact]], ...] = (
        (Step.IDENTITY, of_identity(progress.identity)),
        (Step.PRACTICE, [*of_practice(progress.practice), *attached]),
        (Step.CARE, of_care(progress.care)),
    )
    nothing = say("recap.nothing")
    return [
        {
            "step": step.value,
            "href": address(token, step),
            "facts": [(label, value or nothing) for label, value in facts],
        }
        for step, facts in parts
    ]
