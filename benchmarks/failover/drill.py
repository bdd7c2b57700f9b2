"""One failover from beginning to end."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from typing import Any, Final

from benchmarks.crash.rows import read
from benchmarks.failover.checks import deviations
from benchmarks.failover.ledger import Ledger, WitnessedLimits, WitnessedStore
from benchmarks.failover.pair import Pair, paired
from benchmarks.failover.people import Crowd
from benchmarks.host import Host
from entractes_auth import Auth, Keyring, Policy
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.backends.limits.sql import SqlLimits
from entractes_auth.backends.storage.sqlalchemy import SqlStore
from entractes_auth.backends.system import SystemClock
from entractes_auth.flows import outbox
from entractes_auth.policy import Budget
from entractes_auth.testing import FrozenClock, RecordingMessenger, scenario

Pairing = Callable[[], AbstractContextManager[Pair]]

__all__ = ["DETECTION_SECONDS", "Report", "drill", "outage"]

_CLIENTS: Final = 3  # of each kind
# What notices that a primary is dead waits before it believes so; people meet the dead one meanwhile.
DETECTION_SECONDS: Final = 1.0
_PATIENCE_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Report:
    """What one failover did. `unavailable` flows and `unknown` commits raised `StoreUnavailable`; times in seconds.

    `attempts` and `hits` (on budgets that no success clears) were given out, and must not have come back.
    """

    steps: int
    commits: int
    unavailable: int
    unknown: int
    attempts: int
    hits: int
    promotion: float
    outage: float
    deviations: tuple[str, ...]


def drill(seconds: float, pairing: Pairing = paired) -> Report:
    """Serve for so many seconds, kill the primary, promote the standby, serve for as long, and check."""
    ledger = Ledger()
    inbox = RecordingMessenger(capacity=1_000_000)
    host = Host(inbox, Keyring.generate(), _policy())
    with pairing() as pair:
        store = SqlStore(pair.url)
        ports = _ports(store, ledger, host)
        auth = Auth(**ports)
        members = [auth.run(scenario.approved(inbox, scenario.nurse(n))) for n in range(1, _CLIENTS + 1)]
        crowd = Crowd(auth, inbox, ledger, members)
        crowd.start()
        try:
            killed, promotion = _fail_over(pair, ledger, seconds)
        finally:
            crowd.stop()
        # A relay that comes later: what the dead connections had leased is free again.
        later = FrozenClock(SystemClock().now() + host.policy.messages.lease + timedelta(minutes=1))
        Auth(**ports, clock=later).run(outbox.deliver(limit=1_000_000))
        store.close()
        found = deviations(ledger, read(pair.standby_url), (each.id for each in inbox.messages))
    return Report(
        steps=ledger.steps.total(),
        commits=len(ledger.commits),
        unavailable=ledger.unavailable,
        unknown=len(ledger.unknown_commits),
        attempts=ledger.spent.total(),
        hits=sum(hits for key, hits in ledger.hits.items() if key not in ledger.cleared),
        promotion=promotion,
        outage=outage(ledger.successes, killed),
        deviations=tuple(found),
    )


def _ports(store: SqlStore, ledger: Ledger, host: Host) -> dict[str, Any]:
    """Keyword arguments of every runner on the one store object."""
    return {
        "store": WitnessedStore(store, ledger),
        "limits": WitnessedLimits(SqlLimits(store, host.keys), host.keys, ledger),
        "documents": MemoryDocuments(),
        **host.arguments,
    }


def _policy() -> Policy:
    """All sign up with numbers that begin alike, and many at once; what each person has stays as it is."""
    policy, plenty = scenario.quick_policy(), Budget(amount=1_000_000, per=timedelta(days=1))
    shared = dict.fromkeys(("sms_per_prefix", "sms_in_all", "sms_in_all_an_hour"), plenty)
    return replace(policy, limits=replace(policy.limits, **shared))


def outage(successes: list[float], killed: float) -> float:
    """Seconds without service: from the last success before the primary died to the first one after.

    The longest pause that ended after the kill: an answer that was on its way may still come after it.
    """
    return max(after - before for before, after in pairwise(sorted(successes)) if after > killed)


def _fail_over(pair: Pair, ledger: Ledger, seconds: float) -> tuple[float, float]:
    """When the primary was killed, and how long the promotion took."""
    _serve(ledger, seconds)
    killed = time.monotonic()
    pair.kill_primary()
    time.sleep(DETECTION_SECONDS)
    asked = time.monotonic()
    pair.promote_standby()
    promotion = time.monotonic() - asked
    _serve(ledger, seconds)
    return killed, promotion


def _serve(ledger: Ledger, seconds: float) -> None:
    """Wait for the seconds, and until somebody was served in them."""
    began, before = time.monotonic(), len(ledger.successes)
    while time.monotonic() < began + seconds or len(ledger.successes) == before:
        if time.monotonic() > began + seconds + _PATIENCE_SECONDS:
            raise TimeoutError("nobody is served any more")
        time.sleep(0.05)
