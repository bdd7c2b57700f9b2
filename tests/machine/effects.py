"""What each flow may change: everything else must be as it was, whether the flow ended well, was refused or crashed."""

from __future__ import annotations

from dataclasses import dataclass, fields

from entractes_auth.records.account import Account
from entractes_auth.records.kinds import MessageState, State
from entractes_auth.records.message import Template
from entractes_auth.records.registration import Registration
from entractes_auth.records.transitions import TRANSITIONS
from tests.machine.snapshot import Snapshot

__all__ = ["Ending", "check_effects"]

_CLOSED = {"state", "challenge_id", "claim", "expires_at"}
_ANSWERED = {"to_redo", "document_wanted", "answered", "question"}
_INVITED = {Template.CONFIRM_LINK, Template.CONFIRM_CODE}

# Fields of the one registration that the flow is about; `version` and `updated_at` go with each of them.
_FIELDS: dict[str, set[str]] = {
    "registration.begin": set(),
    "registration.save": {
        "identity",
        "practice",
        "care",
        "contacts",
        "consent",
        "answered",
        "expires_at",
    },
    "registration.attach": {"documents", "answered"},
    "registration.detach": {"documents", "answered"},
    "registration.submit": {*_CLOSED, *_ANSWERED, "submitted_at"},
    "registration.amend": {"state", "challenge_id", "expires_at"},
    "registration.withdraw": {*_CLOSED, "documents"},
    "confirmation.restart": {"challenge_id", "expires_at"},
    "confirmation.confirm": {*_CLOSED, *_ANSWERED, "proven"},
    "review.claim": {"claim"},
    "review.release": {"claim"},
    "review.note": {"notes"},
    "review.reject": {*_CLOSED, "question"},
    "review.ask": {*_ANSWERED, "state", "expires_at", "claim"},
    "approval.approve": {*_CLOSED, "account_id"},
    "expiry.expire": {*_CLOSED, "documents"},
}
_ACCOUNT_FIELDS: dict[str, set[str]] = {
    "login.verify": {"version"},
    "recovery.complete": {"credential", "updated_at", "version"},
}
_CODES, _ATTEMPTS, _PASSWORDS = (
    "codes_per_subject",
    "code_attempts_per_subject",
    "password_attempts_per_identifier",
)
# The budgets that a flow may begin anew, once it ended well: those that only the owner's proof can reach.
_CLEARS: dict[str, set[str]] = {
    "confirmation.confirm": {_ATTEMPTS},
    "login.begin": {_PASSWORDS},
    "login.verify": {_ATTEMPTS, _CODES},
    "recovery.complete": {_ATTEMPTS, _CODES, _PASSWORDS},
}
# The messages that a flow queues when it ends well: exactly one of these sets.
_MESSAGES: dict[str, list[set[Template]]] = {
    "registration.submit": [_INVITED, set()],
    "confirmation.restart": [_INVITED],
    "confirmation.resend": [{Template.CONFIRM_CODE}],
    "review.reject": [{Template.REJECTED}],
    "review.ask": [{Template.INFORMATION_WANTED}],
    "approval.approve": [{Template.IDENTIFIER_ISSUED, Template.PASSWORD_ISSUED}],
    "login.send_code": [{Template.LOGIN_CODE}],
    "recovery.begin": [
        {Template.RECOVERY_LINK},
        {Template.RECOVERY_NO_ACCOUNT},
        {Template.RECOVERY_PENDING},
    ],
    "recovery.send_code": [{Template.RECOVERY_CODE}],
    "recovery.complete": [{Template.PASSWORD_ISSUED, Template.PASSWORD_CHANGED}],
}
# The same when it is refused: wrong codes until none is left warn the owner.
_WARNINGS: dict[str, list[set[Template]]] = {"login.verify": [set(), {Template.CODES_REFUSED}]}


@dataclass(frozen=True, slots=True)
class Ending:
    """How a flow ended, and the registration or account that it was about ("" for none)."""

    flow: str
    about: str
    well: bool
    crashed: bool
    cleared: frozenset[str] = frozenset()
    """The budgets that it began anew."""


def check_effects(before: Snapshot, after: Snapshot, ending: Ending) -> None:
    """Compare two instants around one flow."""
    _check_registrations(before, after, ending)
    _check_accounts(before, after, ending)
    _check_messages(before, after, ending)
    may_clear = _CLEARS.get(ending.flow, set()) if ending.well or ending.crashed else set[str]()
    assert ending.cleared <= may_clear, f"{ending.flow} began {ending.cleared} anew"
    for event_id, event in before.events.items():
        assert after.events[event_id] == event, "an audit line changed or is gone"
    for id_, glance in before.challenges.items():
        later = after.challenges.get(id_)
        assert later is None or later.attempts_left <= glance.attempts_left, "an attempt was given back"


def _check_registrations(before: Snapshot, after: Snapshot, ending: Ending) -> None:
    for id_, was in before.registrations.items():
        assert id_ in after.registrations, "an accepted registration is gone"
        now = after.registrations[id_]
        about = ending.about == id_ or (ending.flow == "expiry.expire" and _is_overdue(was, after))
        if about and ending.well and _FIELDS.get(ending.flow):
            assert now.version == was.version + 1, f"{ending.flow} was acknowledged and not stored"
        if now == was:
            continue
        assert about, f"{ending.flow} changed a registration that it is not about"
        assert ending.well or ending.crashed, f"{ending.flow} was refused and changed {_changed(was, now)}"
        unexpected = _changed(was, now) - _FIELDS.get(ending.flow, set()) - {"version", "updated_at"}
        assert not unexpected, f"{ending.flow} changed {unexpected}"
        assert now.version == was.version + 1
        if now.state is not was.state:
            assert now.state in TRANSITIONS[was.state].values(), f"{was.state} to {now.state}"
    begun = after.registrations.keys() - before.registrations.keys()
    assert len(begun) <= (ending.flow == "registration.begin")
    assert all(after.registrations[id_].state is State.DRAFT for id_ in begun)


def _is_overdue(registration: Registration, after: Snapshot) -> bool:
    return registration.expires_at is not None and registration.expires_at <= after.at


def _changed(was: Registration | Account, now: Registration | Account) -> set[str]:
    return {f.name for f in fields(was) if getattr(was, f.name) != getattr(now, f.name)}


def _check_accounts(before: Snapshot, after: Snapshot, ending: Ending) -> None:
    for id_, was in before.accounts.items():
        assert id_ in after.accounts, "an account is gone"
        now = after.accounts[id_]
        if now == was:
            continue
        assert ending.flow in _ACCOUNT_FIELDS, f"{ending.flow} changed an account"
        assert ending.about == id_
        assert ending.well or ending.crashed
        assert _changed(was, now) <= _ACCOUNT_FIELDS[ending.flow]
        assert (now.credential.serial != was.credential.serial) == (ending.flow == "recovery.complete")
    created = len(after.accounts) - len(before.accounts)
    if ending.flow != "approval.approve" or not (ending.well or ending.crashed):
        assert created == 0, f"{ending.flow} created an account"
    else:
        assert created == 1 or (ending.crashed and created == 0)


def _check_messages(before: Snapshot, after: Snapshot, ending: Ending) -> None:
    for id_, was in before.messages.items():
        assert id_ in after.messages, "a message that was acknowledged is gone"
        now = after.messages[id_]
        assert now.message == was.message, "a queued message changed"
        assert was.state is MessageState.QUEUED or now.state is was.state, "a message came back from its end"
        assert now.tries >= was.tries
    queued = [m.message.template for id_, m in after.messages.items() if id_ not in before.messages]
    wanted, warnings = _MESSAGES.get(ending.flow, [set()]), _WARNINGS.get(ending.flow, [set()])
    assert len(queued) == len(set(queued)), "a message was queued twice"
    if ending.well:
        assert set(queued) in wanted, f"{ending.flow} queued {queued}"
    elif ending.crashed:
        assert not queued or set(queued) in wanted + warnings, (
            f"half of the messages of {ending.flow}: {queued}"
        )
    else:
        assert set(queued) in warnings, f"{ending.flow} was refused and queued {queued}"
