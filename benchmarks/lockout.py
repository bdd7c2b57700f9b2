"""Locking members out: an attacker with 10,000 networks types wrong passwords for every identifier there is.

Simulated: the real flows over the memory store and limits, with a clock of its own. Three times: over the
whole space of five-digit identifiers, in twelve hours and in one, and at the members' identifiers alone in
thirteen, as if somebody had the list. All the while, members sign in on devices
that they used before, from the attacker's own networks. At the end every member does so, and then signs
in on a new device too: at once, or at the very instant that the refusal named.

    python -m benchmarks.lockout                     500,000 requests in each attack
    python -m benchmarks.lockout --requests 20000    the short form
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from benchmarks.host import SITE
from entractes_auth import Auth, Channel, Keyring
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.backends.limits.memory import MemoryLimits
from entractes_auth.backends.ports import Limits
from entractes_auth.backends.storage.memory import MemoryStore
from entractes_auth.errors import Limited, SignInRefused
from entractes_auth.flows import login
from entractes_auth.redact import Secret
from entractes_auth.testing import FrozenClock, RecordingMessenger, scenario

__all__ = ["EVERYBODY", "Outcome", "Town", "attack", "main"]

MEMBERS: Final = 500
NETWORKS: Final = 10_000
EVERYBODY: Final = tuple(f"{number:05d}" for number in range(100_000))
"""Every identifier that there can be."""

_SEED: Final = 20261122
_A_MEMBER_EVERY: Final = 200  # requests of the attacker


@dataclass(slots=True)
class Town:
    """Members with a device that each used before, and the attacker's dice."""

    size: int = MEMBERS
    limits: Limits = field(default_factory=MemoryLimits)
    clock: FrozenClock = field(default_factory=FrozenClock)
    phone: RecordingMessenger = field(default_factory=RecordingMessenger)
    dice: random.Random = field(default_factory=lambda: random.Random(_SEED))
    members: list[tuple[scenario.Member, Secret]] = field(
        default_factory=list[tuple[scenario.Member, Secret]]
    )
    auth: Auth = field(init=False)

    def __post_init__(self) -> None:
        self.auth = Auth(
            store=MemoryStore(),
            limits=self.limits,
            documents=MemoryDocuments(),
            messengers={Channel.SMS: self.phone, Channel.EMAIL: self.phone},
            keys=Keyring.generate(),
            site=SITE,
            policy=scenario.quick_policy(),
            clock=self.clock,
        )
        for number in range(1, self.size + 1):
            self.clock.advance(timedelta(minutes=2))  # their sign-ups have budgets as well
            member = self.auth.run(scenario.approved(self.phone, scenario.applicant(number)))
            self.members.append((member, self._sign_in(member, Secret(""))))

    @property
    def allowed(self) -> timedelta:
        """How long the policy lets strangers keep a new device waiting."""
        limits = self.auth.policy.limits
        return max(limits.password_attempts_per_identifier.per, limits.password_attempts_per_network.per)

    def network(self) -> str:
        """One of the attacker's; members share them, as they share a carrier's addresses."""
        return f"network {self.dice.randrange(NETWORKS)}"

    def guess(self, identifier: str) -> bool:
        """A stranger's wrong password for the identifier; gives whether it was judged."""
        try:
            self.auth.run(login.begin(identifier, "864209753", network=self.network()))
        except SignInRefused:
            return True
        except Limited:
            return False
        raise AssertionError("a wrong password was accepted")

    def on_known_device(self, number: int) -> bool:
        """The member signs in where they did before; gives whether that worked at once."""
        member, devices = self.members[number]
        try:
            self.members[number] = (member, self._sign_in(member, devices))
        except Limited:
            return False
        return True

    def on_new_device(self, number: int) -> datetime | None:
        """The member signs in where they never did; gives when they may come back, or None if that worked."""
        member, _ = self.members[number]
        try:
            self._sign_in(member, Secret(""))
        except Limited as limited:
            return limited.retry_at
        return None

    def _sign_in(self, member: scenario.Member, devices: Secret) -> Secret:
        """Both factors; raises `Limited` where the member would have to wait."""
        network = self.network()
        page = self.auth.run(
            login.begin(member.identifier, member.password, network=network, devices=devices)
        )
        self.auth.run(login.send_code(page.ticket, Channel.SMS))
        code = self.phone.last_code_to(member.applicant.contacts.mobile)
        self.phone.clear()
        return self.auth.run(login.verify(page.ticket, code=code, devices=devices)).devices


@dataclass(slots=True)
class Outcome:
    """What became of the members: sign-ins on known devices and how many were late, and who had to wait on new ones."""

    judged: int = 0
    known: int = 0
    late: int = 0
    waits: list[timedelta] = field(default_factory=list[timedelta])
    refused_again: int = 0
    """New devices that came back at the instant that they were told, and were refused."""

    def broken(self, allowed: timedelta) -> bool:
        """Whether a promise was."""
        return bool(self.late or self.refused_again) or max(self.waits, default=timedelta(0)) > allowed


def attack(town: Town, requests: int, aims: Sequence[str], lasts: timedelta) -> Outcome:
    """Guess so often at these identifiers, for so long, and then let every member sign in."""
    outcome = Outcome()
    for turn in range(requests):
        town.clock.advance(lasts / requests)
        outcome.judged += town.guess(town.dice.choice(aims))
        if turn % _A_MEMBER_EVERY == 0:
            outcome.known += 1
            outcome.late += not town.on_known_device(town.dice.randrange(town.size))
    for number in range(town.size):
        outcome.known += 1
        outcome.late += not town.on_known_device(number)
    over = town.clock.now()
    told = [(town.on_new_device(number), number) for number in range(town.size)]
    waiting = sorted((again, number) for again, number in told if again is not None)
    outcome.waits = [again - over for again, _ in waiting]
    for again, number in waiting:
        town.clock.advance(max(timedelta(0), again - town.clock.now()))
        outcome.refused_again += town.on_new_device(number) is not None
    return outcome


def main(arguments: Sequence[str] | None = None) -> int:
    """Attack three times; the exit status is 1 when a known device waited, or a new one for longer than it may."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=500_000, help="of each attack (default: 500000)")
    requests = parser.parse_args(arguments).requests
    print(f"{requests} wrong passwords from {NETWORKS} networks, {MEMBERS} members", flush=True)
    broken = False
    # Thirteen: the members' windows of four hours begin again together, and are young when the attack ends.
    for whole_space, hours in ((True, 12), (True, 1), (False, 13)):
        town = Town()
        aims = EVERYBODY if whole_space else [member.identifier for member, _ in town.members]
        outcome = attack(town, requests, aims, timedelta(hours=hours))
        where = "over the whole space" if whole_space else "at the members alone"
        _print(f"{where}, in {hours} h", outcome, town.allowed)
        broken |= outcome.broken(town.allowed)
    print("nobody was locked out" if not broken else "a promise was broken")
    return 1 if broken else 0


def _print(name: str, outcome: Outcome, allowed: timedelta) -> None:
    waiting, longest = len(outcome.waits), max(outcome.waits, default=timedelta(0))
    print(f"{name}: {outcome.judged} passwords were judged")
    print(f"  known devices that had to wait: {outcome.late} of {outcome.known} sign-ins")
    print(f"  new devices that had to wait: {waiting} of {MEMBERS}; longest {longest}, allowed {allowed}")
    print(f"  refused when they came back: {outcome.refused_again} of {waiting}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
