"""Locking members out: an attacker with 10,000 networks types wrong passwords for every identifier there is.

Simulated: the real flows over the memory store and limits, with a clock of its own that moves on by
twelve hours during the attack. Twice: once over the whole space of five-digit identifiers, once at the
members' identifiers alone, as if somebody had the list. All the while, members sign in on devices
that they used before. At the end every member does so, and then signs in on a new device too.

    python -m benchmarks.lockout                     500,000 requests in each attack
    python -m benchmarks.lockout --requests 20000    the short form
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from benchmarks.host import SITE
from entractes_auth import Auth, Channel, Keyring
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.backends.storage.memory import MemoryStore
from entractes_auth.errors import Limited, SignInRefused
from entractes_auth.flows import login
from entractes_auth.redact import Secret
from entractes_auth.testing import FrozenClock, RecordingMessenger, scenario

__all__ = ["main"]

MEMBERS: Final = 500
NETWORKS: Final = 10_000
LASTS: Final = timedelta(hours=12)
_SEED: Final = 20261122
_A_MEMBER_EVERY: Final = 200  # requests of the attacker


@dataclass(slots=True)
class Town:
    """Members with a device that each used before, and the attacker's dice."""

    clock: FrozenClock = field(default_factory=FrozenClock)
    phone: RecordingMessenger = field(default_factory=RecordingMessenger)
    dice: random.Random = field(default_factory=lambda: random.Random(_SEED))
    members: list[tuple[scenario.Member, Secret]] = field(
        default_factory=list[tuple[scenario.Member, Secret]]
    )
    auth: Auth = field(init=False)
    late: int = 0
    """Members on a known device who had to wait."""

    def __post_init__(self) -> None:
        self.auth = Auth(
            store=MemoryStore(),
            documents=MemoryDocuments(),
            messengers={Channel.SMS: self.phone, Channel.EMAIL: self.phone},
            keys=Keyring.generate(),
            site=SITE,
            policy=scenario.quick_policy(),
            clock=self.clock,
        )
        for number in range(1, MEMBERS + 1):
            self.clock.advance(timedelta(minutes=2))  # their sign-ups have budgets as well
            member = self.auth.run(scenario.approved(self.phone, scenario.applicant(number)))
            self.members.append((member, self.sign_in(member, Secret(""))))

    def sign_in(self, member: scenario.Member, devices: Secret) -> Secret:
        """Both factors; raises `Limited` where the member would have to wait."""
        page = self.auth.run(login.begin(member.identifier, member.password, devices=devices))
        self.auth.run(login.send_code(page.ticket, Channel.SMS))
        code = self.phone.last_code_to(member.applicant.contacts.mobile)
        self.phone.clear()
        return self.auth.run(login.verify(page.ticket, code=code, devices=devices)).devices

    def on_known_device(self, number: int) -> None:
        """The member signs in where they did before, which must work at once."""
        member, devices = self.members[number]
        try:
            self.members[number] = (member, self.sign_in(member, devices))
        except Limited:
            self.late += 1

    def on_new_device(self, number: int) -> timedelta:
        """The member signs in where they never did; gives how long they waited."""
        member, _ = self.members[number]
        try:
            self.sign_in(member, Secret(""))
        except Limited as limited:
            return limited.retry_at - self.clock.now()
        return timedelta(0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Attack twice; the exit status is 1 when a known device waited, or a new one for longer than it may."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=500_000, help="of each attack (default: 500000)")
    requests = parser.parse_args(arguments).requests
    print(f"{requests} wrong passwords from {NETWORKS} networks in {LASTS}, {MEMBERS} members")
    everybody = [f"{number:05d}" for number in range(100_000)]
    broken = [_attack("over the whole space", requests, everybody), _attack("at the members alone", requests)]
    return 1 if any(broken) else 0


def _attack(name: str, requests: int, aims: Sequence[str] = ()) -> bool:
    """Attack these identifiers, or the members'. Print what became of the members; gives whether a promise broke."""
    town = Town()
    aims = aims or [member.identifier for member, _ in town.members]
    judged = 0
    for turn in range(requests):
        town.clock.advance(LASTS / requests)
        network = f"network {town.dice.randrange(NETWORKS)}"
        try:
            town.auth.run(login.begin(town.dice.choice(aims), "864209753", network=network))
        except SignInRefused:
            judged += 1
        except Limited:
            pass
        if turn % _A_MEMBER_EVERY == 0:
            town.on_known_device(town.dice.randrange(MEMBERS))
    for number in range(MEMBERS):
        town.on_known_device(number)
    waits = sorted(town.on_new_device(number) for number in range(MEMBERS))
    longest = town.auth.policy.limits.password_attempts_per_identifier.per
    waiting = sum(wait > timedelta(0) for wait in waits)
    print(f"{name}: {judged} passwords were judged")
    print(
        f"  known devices that had to wait: {town.late} of {requests // _A_MEMBER_EVERY + MEMBERS} sign-ins"
    )
    print(f"  new devices that had to wait: {waiting} of {MEMBERS}; longest {waits[-1]}, allowed {longest}")
    return bool(town.late) or waits[-1] > longest


if __name__ == "__main__":
    sys.exit(main())
