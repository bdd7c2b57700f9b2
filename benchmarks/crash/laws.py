"""What must be true of the rows at any moment, and after a crash at a known point."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from benchmarks.crash.points import Moment, Point
from benchmarks.crash.rows import Row, Rows, essence, exact
from benchmarks.crash.victim import Recording

__all__ = ["ALWAYS", "Crashed", "Law", "after_crash", "always", "carried_twice"]

Law = Callable[[Rows], bool]

_PROVEN: Final = {"in_review", "approved", "rejected"}


@dataclass(frozen=True, slots=True)
class Crashed:
    """What was recorded of the flow, where it was killed, and what was found."""

    recording: Recording
    point: Point
    found: Rows
    steps: bool
    erases: bool


def always(rows: Rows) -> Iterator[str]:
    """The sentences that do not hold."""
    return (sentence for sentence, law in ALWAYS.items() if not law(rows))


def _events(rows: Rows, what: str) -> Counter[str]:
    return Counter(row["subject_id"] for row in rows["events"] if row["what"] == what)


def _messages(rows: Rows, template: str) -> list[Row]:
    return [row for row in rows["messages"] if row["template"] == template]


def _ended(rows: Rows, purpose: str) -> Counter[str]:
    over = (row for row in rows["challenges"] if row["ended_at"] is not None)
    return Counter(row["subject_id"] for row in over if row["purpose"] == purpose)


def _accounts(rows: Rows) -> bool:
    of_accounts = {row["registration_id"]: row["id"] for row in rows["accounts"]}
    approved = {row["id"]: row["account_id"] for row in rows["registrations"] if row["state"] == "approved"}
    same = len(of_accounts) == len(rows["accounts"]) and of_accounts == approved
    return same and _events(rows, "approved") == Counter(approved.keys())


def _credentials(rows: Rows) -> bool:
    accounts = len(rows["accounts"])
    passwords = accounts + sum(_events(rows, "recovered").values())
    sent = len(_messages(rows, "identifier_issued")), len(_messages(rows, "password_issued"))
    return sent == (accounts, passwords)


def _review(rows: Rows) -> bool:
    proven = _events(rows, "contacts_proven")
    there = (row for row in rows["registrations"] if row["state"] in _PROVEN)
    return all(row["proven_mobile"] and row["proven_email"] and proven[row["id"]] for row in there)


def _invitations(rows: Rows) -> bool:
    topics = {
        template: {row["topic"] for row in _messages(rows, template)}
        for template in ("confirm_link", "confirm_code")
    }
    ids = {row["id"] for row in rows["challenges"] if row["ended_at"] is None}
    waiting = [row["challenge_id"] for row in rows["registrations"] if row["state"] == "submitted"]
    return all(
        id_ in ids and f"link/{id_}" in topics["confirm_link"] and id_ in topics["confirm_code"]
        for id_ in waiting
    )


def _sign_ins(rows: Rows) -> bool:
    return _events(rows, "signed_in") == _ended(rows, "login")


def _recoveries(rows: Rows) -> bool:
    return _events(rows, "recovered") == _ended(rows, "recovery")


def _refusals(rows: Rows) -> bool:
    refused = _events(rows, "rejected"), _events(rows, "information_requested")
    return (sum(refused[0].values()), sum(refused[1].values())) == (
        len(_messages(rows, "rejected")),
        len(_messages(rows, "information_wanted")),
    )


ALWAYS: Final[dict[str, Law]] = {
    "an account belongs to exactly one approved registration, approved once": _accounts,
    "credentials are sent to accounts and to recoveries, once each": _credentials,
    "who is in review, or was decided on, has both contacts proved": _review,
    "who waits for a proof has an open challenge, its link and its code": _invitations,
    "each sign-in used up one challenge, each used challenge is one sign-in": _sign_ins,
    "each recovery used up one challenge, each used challenge is one recovery": _recoveries,
    "an applicant is told of each decision": _refusals,
}


def after_crash(crashed: Crashed) -> Iterator[str]:
    """What a crash must not do; the sentences say what it did."""
    start, end = crashed.recording.states[0], crashed.recording.states[-1]
    found = crashed.found
    if exact(found) not in _expected(crashed):
        yield "the rows are neither those before the call nor those after it"
    if not crashed.steps and essence(found) not in (essence(start), essence(end)):
        yield "a part of what the flow commits is there, and a part is not"
    yield from _lost(start, end if crashed.erases else start, found)
    if not _attempts_counted(crashed):
        yield "an attempt that was given out is not counted"


def _expected(crashed: Crashed) -> list[Rows]:
    states, point = crashed.recording.states, crashed.point
    before, after = exact(states[point.number - 1]), exact(states[point.number])
    match point.moment:
        case Moment.BEFORE:
            return [before]
        case Moment.WITHIN:
            return [before, after]
        case Moment.AFTER:
            return [after]


def _lost(start: Rows, kept: Rows, found: Rows) -> Iterator[str]:
    """Rows that were there before the flow began, and are to be kept."""
    for table in ("registrations", "accounts", "challenges", "messages", "events"):
        now = {row["id"]: row for row in found[table]}
        stay = {row["id"] for row in kept[table]}
        for was in start[table]:
            row = now.get(was["id"])
            if row is None:
                if was["id"] in stay:
                    yield f"a row of {table} is lost"
            elif "version" in was and row["version"] < was["version"]:
                yield f"a row of {table} is an older one"
            elif "attempts_left" in was and row["attempts_left"] > was["attempts_left"]:
                yield "an attempt came back"


def _attempts_counted(crashed: Crashed) -> bool:
    """What the port gave out is gone from the row; a call that was cut may have counted or not."""
    recording, point = crashed.recording, crashed.point
    names = [call.name for call in recording.calls]
    done = names[: point.number - (point.moment is not Moment.AFTER)].count("store.spend")
    cut = point.moment is Moment.WITHIN and names[point.number - 1] == "store.spend"
    left = {row["id"]: row["attempts_left"] for row in crashed.found["challenges"]}
    before = (row for row in recording.states[0]["challenges"] if row["id"] in left)
    counted = sum(row["attempts_left"] - left[row["id"]] for row in before)
    return counted in ((done, done + 1) if cut else (done,))


def carried_twice(recording: Recording, point: Point) -> int:
    """How many messages may be carried a second time: the one that was sent and not settled, if any."""
    names = [call.name for call in recording.calls]
    done = names[: point.number - (point.moment is not Moment.AFTER)]
    return 1 if any(name == "messenger.send" for name in done[_after_last(done, "store.settle") :]) else 0


def _after_last(names: list[str], name: str) -> int:
    return len(names) - names[::-1].index(name) if name in names else 0
