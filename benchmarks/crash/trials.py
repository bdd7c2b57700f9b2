"""Every public flow, at a moment of a life where it has something to do; for crashes at each of its port calls."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from benchmarks.crash.stages import WHO, Hands
from entractes_auth import Channel, Kind, flows
from entractes_auth.auth import Deliver
from entractes_auth.errors import (
    AuthError,
    CodeRefused,
    DocumentRefused,
    Limited,
    NotFound,
    NotPossibleNow,
    SignInRefused,
)
from entractes_auth.flow import Flow
from entractes_auth.flows import (
    account,
    confirmation,
    expiry,
    limits,
    login,
    outbox,
    recovery,
    registration,
    retention,
    review,
)
from entractes_auth.testing.scenario import PDF, REVIEWER, another

__all__ = ["TRIALS", "Trial", "left_out", "public_flows"]

Ending = type[AuthError] | None
"""How a flow ends: refused so, or well."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One flow at one stage. `name` begins with the flow's own name.

    `first` is how it ends; `again` is how it ends for a person who does it again although it was done.
    `steps` is true where each of several records has a commit of its own. `erases` is true where old rows
    and files go, in an order that the flow's module gives reasons for, and the audit line last: rows are then
    not compared with one another, and the line of a batch that was cut off may be missing.
    """

    name: str
    stage: str
    flow: Callable[[Hands], Flow[Any]]
    first: Ending = None
    again: Ending = None
    steps: bool = False
    erases: bool = False
    deliver: Deliver = "relay"

    @property
    def flow_name(self) -> str:
        """The name of the flow."""
        return self.name.partition(",")[0]


_APPLYING: Final = (
    Trial(
        "registration.begin", "empty", lambda h: registration.begin(Kind.PROFESSIONAL, network="192.0.2.1")
    ),
    Trial("registration.resume", "drafted", lambda h: registration.resume(h["link"])),
    Trial("registration.save", "begun", lambda h: registration.save(h["link"], WHO.identity)),
    Trial("registration.save, anew", "drafted", lambda h: registration.save(h["link"], WHO.contacts)),
    Trial("registration.attach", "begun", lambda h: registration.attach(h["link"], [PDF[:7], PDF[7:]])),
    Trial(
        "registration.attach, no document",
        "begun",
        lambda h: registration.attach(h["link"], [b"plain text"]),
        first=DocumentRefused,
        again=DocumentRefused,
    ),
    Trial(
        "registration.detach",
        "drafted",
        lambda h: registration.detach(h["link"], h["document"]),
        again=NotFound,
    ),
    Trial(
        "registration.submit",
        "drafted",
        lambda h: registration.submit(h["link"], network="192.0.2.1"),
        again=NotPossibleNow,
    ),
    Trial(
        "registration.submit, delivered inline",
        "drafted",
        lambda h: registration.submit(h["link"]),
        again=NotPossibleNow,
        deliver="inline",
    ),
    Trial(
        "registration.submit, answered",
        "answered",
        lambda h: registration.submit(h["resume"]),
        again=NotPossibleNow,
    ),
    Trial("registration.amend", "submitted", lambda h: registration.amend(h["resume"]), again=NotPossibleNow),
    Trial(
        "registration.withdraw",
        "in review",
        lambda h: registration.withdraw(h["resume"]),
        again=NotPossibleNow,
    ),
    Trial("confirmation.open", "submitted", lambda h: confirmation.open(h["link"])),
    Trial("confirmation.resend", "submitted", lambda h: confirmation.resend(h["link"]), again=Limited),
    Trial("confirmation.restart", "submitted", lambda h: confirmation.restart(h["resume"])),
    Trial(
        "confirmation.confirm",
        "submitted",
        lambda h: confirmation.confirm(h["link"], code=h["code"]),
        again=CodeRefused,
    ),
    Trial(
        "confirmation.confirm, wrong code",
        "submitted",
        lambda h: confirmation.confirm(h["link"], code=another(h["code"])),
        first=CodeRefused,
        again=CodeRefused,
    ),
)
_REVIEWING: Final = (
    Trial("review.queue", "in review", lambda h: review.queue(REVIEWER)),
    Trial("review.read", "in review", lambda h: review.read(REVIEWER, h["id"])),
    Trial("review.document", "in review", lambda h: review.document(REVIEWER, h["id"], h["document"])),
    Trial("review.claim", "in review", lambda h: review.claim(REVIEWER, h["id"])),
    Trial("review.release", "claimed", lambda h: review.release(REVIEWER, h["id"])),
    Trial("review.note", "claimed", lambda h: review.note(REVIEWER, h["id"], text="À rappeler.")),
    Trial(
        "review.reject",
        "claimed",
        lambda h: review.reject(REVIEWER, h["id"], reason="Le document n’est pas lisible."),
        again=NotPossibleNow,
    ),
    Trial(
        "review.ask",
        "claimed",
        lambda h: review.ask(REVIEWER, h["id"], question="L’autre face ?", document=True),
        again=NotPossibleNow,
    ),
    Trial("approval.approve", "claimed", lambda h: review.approve(REVIEWER, h["id"]), again=NotPossibleNow),
    Trial(
        "approval.approve, delivered inline",
        "in review",
        lambda h: review.approve(REVIEWER, h["id"]),
        again=NotPossibleNow,
        deliver="inline",
    ),
    Trial("review.dead_letters", "in review", lambda h: review.dead_letters(REVIEWER)),
    Trial("limits.show", "approved", lambda h: limits.show(REVIEWER, h["identifier"])),
    Trial("limits.reset", "ticketed", lambda h: limits.reset(REVIEWER, h["identifier"])),
)
_MEMBERSHIP: Final = (
    Trial(
        "login.begin",
        "approved",
        lambda h: login.begin(h["identifier"], h["password"], network="192.0.2.1"),
    ),
    Trial(
        "login.begin, wrong password",
        "approved",
        lambda h: login.begin(h["identifier"], another(h["password"])),
        first=SignInRefused,
        again=SignInRefused,
    ),
    Trial("login.open", "passed", lambda h: login.open(h["link"])),
    Trial("login.send_code", "passed", lambda h: login.send_code(h["link"], Channel.SMS), again=Limited),
    Trial("login.open_code", "ticketed", lambda h: login.open_code(h["link"])),
    Trial("login.verify", "ticketed", lambda h: login.verify(h["link"], code=h["code"]), again=CodeRefused),
    Trial(
        "login.verify, wrong code",
        "ticketed",
        lambda h: login.verify(h["link"], code=another(h["code"])),
        first=CodeRefused,
        again=CodeRefused,
    ),
    Trial("recovery.begin", "approved", lambda h: recovery.begin(WHO.contacts.email)),
    Trial("recovery.begin, nobody's", "empty", lambda h: recovery.begin("personne@example.fr")),
    Trial("recovery.open", "mailed", lambda h: recovery.open(h["link"])),
    Trial("recovery.send_code", "mailed", lambda h: recovery.send_code(h["link"]), again=Limited),
    Trial(
        "recovery.complete",
        "recovering",
        lambda h: recovery.complete(h["link"], code=h["code"]),
        again=CodeRefused,
    ),
    Trial("account.profile", "approved", lambda h: account.profile(h["account"])),
    Trial("expiry.expire", "abandoned", lambda h: expiry.expire(), steps=True),
    Trial("retention.preview", "past", lambda h: retention.preview(), erases=True),
    Trial("retention.purge", "past", lambda h: retention.purge(REVIEWER), steps=True, erases=True),
    Trial("retention.sweep", "past", lambda h: retention.sweep(REVIEWER), erases=True),
    Trial("outbox.deliver", "undelivered", lambda h: outbox.deliver(), steps=True),
)

TRIALS: Final[Mapping[str, Trial]] = {each.name: each for each in (*_APPLYING, *_REVIEWING, *_MEMBERSHIP)}


def public_flows() -> Iterator[str]:
    """The name of every public flow of the package, found in its modules."""
    for found in pkgutil.iter_modules(flows.__path__):
        module = importlib.import_module(f"{flows.__name__}.{found.name}")
        for name in module.__all__:
            body = inspect.unwrap(getattr(module, name))
            if body is not getattr(module, name) and inspect.iscoroutinefunction(body):
                yield f"{body.__module__.rpartition('.')[2]}.{body.__name__}"


def left_out() -> set[str]:
    """The public flows that no trial runs."""
    return set(public_flows()) - {trial.flow_name for trial in TRIALS.values()}
