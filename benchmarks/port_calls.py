"""How often each flow calls its ports, counted by name at the ports themselves.

The only measure here that does not depend on the machine, and so the only one that fails: the exit
status is 1 when a flow calls more than it may.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, TypeVar

from benchmarks.host import Host
from entractes_auth import Auth, Channel, Kind
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.backends.hashing.argon2 import Argon2Hasher
from entractes_auth.backends.limits.memory import MemoryLimits
from entractes_auth.backends.storage.memory import MemoryStore
from entractes_auth.errors import SignInRefused
from entractes_auth.flow import Flow
from entractes_auth.flows import account, confirmation, expiry, login, outbox, recovery, registration, review
from entractes_auth.policy import HashPolicy
from entractes_auth.testing import FrozenClock, scenario
from entractes_auth.testing.scenario import PDF, REVIEWER

__all__ = ["main"]

T = TypeVar("T")

_WHO: Final = scenario.applicant()
_MOBILE: Final = _WHO.contacts.mobile
_EMAIL: Final = _WHO.contacts.email
_NETWORK: Final = "192.0.2.1"  # RFC 5737: nobody's

_WRITES: Final = frozenset({"commit", "spend", "lease", "settle", "purge"})


@dataclass(slots=True)
class Calls:
    """The port calls of one flow, by port and method."""

    of: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])

    def reads(self) -> int:
        """Calls that read the store."""
        return sum(n for (port, name), n in self.of.items() if port == "store" and name not in _WRITES)

    def writes(self) -> int:
        """Calls that write the store."""
        return sum(n for (port, name), n in self.of.items() if port == "store" and name in _WRITES)

    def text(self, port: str) -> str:
        """The methods of one port: "glance 2, account"."""
        named = (
            f"{name} {n}" if n > 1 else name for (where, name), n in sorted(self.of.items()) if where == port
        )
        return ", ".join(named) or "-"


class Counted:
    """Any port, with each of its calls counted."""

    def __init__(self, name: str, port: object, calls: Calls) -> None:
        self._name = name
        self._port = port
        self._calls = calls

    def __getattr__(self, method: str) -> Callable[..., Any]:
        target: Callable[..., Any] = getattr(self._port, method)

        def call(*args: Any, **kwargs: Any) -> Any:
            self._calls.of[self._name, method] += 1
            return target(*args, **kwargs)

        return call


@dataclass(frozen=True, slots=True)
class Aim:
    """What a flow may call, and whether it kept to it."""

    sentence: str
    kept: Callable[[Calls], bool]


def _login_begin(calls: Calls) -> bool:
    return calls.reads() <= 2 and calls.writes() <= 1


def _confirm(calls: Calls) -> bool:
    store = {name: n for (port, name), n in calls.of.items() if port == "store"}
    return store == {"spend": 1, "registration": 1, "commit": 1}


AIMS: Final = {
    "login.begin": Aim("at most 2 reads and 1 write besides limits", _login_begin),
    "login.begin (refused)": Aim("at most 2 reads and 1 write besides limits", _login_begin),
    "confirmation.confirm": Aim("1 spend, 1 read, 1 commit", _confirm),
}


class Counting:
    """A host in memory whose every port counts; `counts` holds what each flow called, in order."""

    def __init__(self) -> None:
        self._calls = Calls()
        self.host = Host.fresh()
        self.clock = FrozenClock()
        self.counts: dict[str, Calls] = {}
        arguments = self.host.arguments
        cheap = HashPolicy(time_cost=1, memory_kib=8, parallelism=1)
        arguments["messengers"] = {
            channel: Counted("messenger", port, self._calls)
            for channel, port in arguments["messengers"].items()
        }
        counted: dict[str, Any] = {
            "store": Counted("store", MemoryStore(), self._calls),
            "limits": Counted("limits", MemoryLimits(), self._calls),
            "hasher": Counted("hasher", Argon2Hasher(cheap), self._calls),
            "documents": Counted("documents", MemoryDocuments(), self._calls),
        }
        self._auth = Auth(**counted, **arguments, clock=self.clock, deliver="relay")

    def run(self, flow: Flow[T], note: str = "") -> T:
        """Run the flow and keep its calls under its name; the last run of a name is the one shown."""
        self._calls.of.clear()
        try:
            return self._auth.run(flow)
        finally:
            self.counts[f"{flow.name}{note}"] = Calls(Counter(self._calls.of))

    def deliver(self) -> None:
        """What a relay does, one message at a time, so that the calls shown are those of one message."""
        one: Calls | None = None
        while self.run(outbox.deliver(limit=1)).sent:
            one = self.counts["outbox.deliver"]
        if one is not None:
            self.counts["outbox.deliver"] = one


def main() -> int:
    """Walk through every flow, print the table, and give the exit status."""
    counting = Counting()
    _apply(counting)
    _approve(counting)
    _sign_in(counting)
    _recover(counting)
    counting.run(expiry.expire())
    print("Port calls of one run of each flow, counted at the ports (memory store, delivery by relay)")
    _table(counting.counts)
    broken = [name for name, aim in AIMS.items() if not aim.kept(counting.counts[name])]
    for name, aim in AIMS.items():
        print(f"  {name}: aim {aim.sentence}: {'not met' if name in broken else 'met'}")
    return 1 if broken else 0


def _apply(counting: Counting) -> None:
    draft = counting.run(registration.begin(Kind.PROFESSIONAL, network=_NETWORK))
    for page in _WHO.pages:
        counting.run(registration.save(draft.link, page))
    first = counting.run(registration.attach(draft.link, [PDF])).documents[0]
    counting.run(registration.attach(draft.link, [PDF]))
    counting.run(registration.detach(draft.link, first.id))
    counting.run(registration.resume(draft.link))
    counting.run(registration.submit(draft.link, network=_NETWORK))
    counting.run(registration.amend(draft.link))
    counting.run(registration.submit(draft.link, network=_NETWORK))
    counting.run(confirmation.restart(draft.link, network=_NETWORK))
    counting.deliver()
    link = _link(counting)
    counting.run(confirmation.open(link))
    counting.clock.advance(timedelta(minutes=1))
    counting.run(confirmation.resend(link, network=_NETWORK))
    counting.deliver()
    counting.run(confirmation.confirm(link, code=counting.host.phone.last_code_to(_MOBILE)))
    gone = counting.run(registration.begin(Kind.PROFESSIONAL, network=_NETWORK))
    counting.run(registration.withdraw(gone.link))


def _approve(counting: Counting) -> None:
    found = counting.run(review.queue(REVIEWER)).rows[0]
    counting.run(review.claim(REVIEWER, found.id))
    counting.run(review.release(REVIEWER, found.id))
    counting.run(review.note(REVIEWER, found.id, text="Carte lisible."))
    counting.run(review.read(REVIEWER, found.id))
    counting.run(review.document(REVIEWER, found.id, found.documents[0].id))
    counting.run(review.ask(REVIEWER, found.id, question="Une carte plus lisible ?", document=True))
    counting.deliver()
    again = _link(counting)
    counting.run(registration.attach(again, [PDF]))
    counting.run(registration.submit(again), " (answer)")
    counting.run(review.approve(REVIEWER, found.id))
    counting.deliver()
    counting.run(review.dead_letters(REVIEWER))


def _sign_in(counting: Counting) -> None:
    phone = counting.host.phone
    identifier, password = phone.last_identifier_to(_EMAIL), phone.last_password_to(_MOBILE)
    with suppress(SignInRefused):
        counting.run(login.begin(identifier, "0" * 8, network=_NETWORK), " (refused)")
    page = counting.run(login.begin(identifier, password, network=_NETWORK))
    counting.run(login.open(page.ticket))
    counting.run(login.send_code(page.ticket, Channel.SMS))
    counting.run(login.open_code(page.ticket))
    counting.deliver()
    signed_in = counting.run(login.verify(page.ticket, code=counting.host.phone.last_code_to(_MOBILE)))
    counting.run(account.profile(signed_in.account_id))


def _recover(counting: Counting) -> None:
    counting.run(recovery.begin(_EMAIL, network=_NETWORK))
    counting.deliver()
    link = _link(counting)
    counting.run(recovery.open(link))
    counting.run(recovery.send_code(link, network=_NETWORK))
    counting.deliver()
    counting.run(recovery.complete(link, code=counting.host.phone.last_code_to(_MOBILE)))
    counting.deliver()


def _link(counting: Counting) -> str:
    return counting.host.phone.last_link_to(_EMAIL).rpartition("/")[2]


def _table(counts: dict[str, Calls]) -> None:
    print(f"  {'flow':27} {'reads':>5} {'writes':>6}  {'store':55} {'limits':14} others")
    for name, calls in counts.items():
        others = [
            f"{port}: {calls.text(port)}"
            for port in ("hasher", "documents", "messenger")
            if calls.text(port) != "-"
        ]
        print(
            f"  {name:27} {calls.reads():>5} {calls.writes():>6}  "
            f"{calls.text('store'):55} {calls.text('limits'):14} {'; '.join(others)}"
        )


if __name__ == "__main__":
    sys.exit(main())
