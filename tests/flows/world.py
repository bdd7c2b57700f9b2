"""A small world for the flows: one runner over real adapters, a clock that stands still, an inbox for everybody.

A test is written once, as a coroutine over a `World`, and runs in each colour.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, TypeVar, cast

from entractes_auth import AsyncAuth, Auth, Channel, Flow, Keyring, Policy, Site
from entractes_auth.auth import Deliver
from entractes_auth.backends.batch import Batch, EventQuery, MessageQuery, StoredMessage
from entractes_auth.backends.clock import Entropy
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.backends.hashing.argon2 import Argon2Hasher
from entractes_auth.backends.limits.memory import MemoryLimits
from entractes_auth.backends.ports import Captcha, Documents, Hasher, Limits, Messenger
from entractes_auth.backends.store import AsyncStore, Store
from entractes_auth.backends.system import SystemEntropy
from entractes_auth.policy import Budget, CodePolicy
from entractes_auth.records.account import Account
from entractes_auth.records.event import Event, What
from entractes_auth.records.kinds import AccountState, MessageState
from entractes_auth.records.registration import Registration
from entractes_auth.redact import Secret
from entractes_auth.testing import FrozenClock, RecordingMessenger, scenario

__all__ = [
    "LONG_CODES",
    "SITE",
    "World",
    "answer",
    "bad_links",
    "give_new_phone",
    "suspend",
    "with_budgets",
    "with_codes",
]

T = TypeVar("T")

SITE = Site(name="Entr'Actes", origin="https://www.example.fr", support_email="aide@example.fr")


LONG_CODES = CodePolicy(digits=9)
"""Codes of nine digits: two of them are never equal by chance."""


def with_codes(policy: Policy, codes: CodePolicy = LONG_CODES) -> Policy:
    """The policy with other codes, and with passwords that cannot be mistaken for one."""
    credentials = replace(policy.credentials, password_digits=codes.digits + 3)
    return replace(policy, codes=codes, credentials=credentials)


def with_budgets(policy: Policy, **budgets: int) -> Policy:
    """The policy with other daily budgets: `with_budgets(policy, sms_per_phone=1)`."""
    limits = {name: Budget(amount=amount, per=timedelta(days=1)) for name, amount in budgets.items()}
    return replace(policy, limits=replace(policy.limits, **limits))


async def answer(value: T | Awaitable[T]) -> T:
    """What a port of either colour answered."""
    return await cast("Awaitable[T]", value) if inspect.isawaitable(value) else value


@dataclass(frozen=True, kw_only=True)
class World:
    """The ports, the rules, and the runner over them. `again` builds another runner over the same ones."""

    store: Store | AsyncStore
    policy: Policy = field(default_factory=scenario.quick_policy)
    keys: Keyring = field(default_factory=Keyring.generate)
    clock: FrozenClock = field(default_factory=FrozenClock)
    inbox: RecordingMessenger = field(default_factory=RecordingMessenger)
    documents: Documents = field(default_factory=MemoryDocuments)
    limits: Limits = field(default_factory=MemoryLimits)
    hasher: Hasher | None = None
    captcha: Captcha | None = None
    entropy: Entropy = field(default_factory=SystemEntropy)
    carrier: Messenger | None = None
    deliver: Deliver = "inline"
    in_async: bool = False

    def again(self, **changes: Any) -> World:
        """The same world with other rules, keys, wrapped ports..."""
        return replace(self, **changes)

    @property
    def auth(self) -> Auth | AsyncAuth:
        """A fresh runner of the world's colour."""
        carrier = self.carrier or self.inbox
        hasher = self.hasher or Argon2Hasher(self.policy.credentials.hash)
        ports: dict[str, Any] = {
            "store": self.store,
            "keys": self.keys,
            "site": SITE,
            "messengers": {Channel.SMS: carrier, Channel.EMAIL: carrier},
            "documents": self.documents,
            "policy": self.policy,
            "limits": self.limits,
            "hasher": hasher,
            "captcha": self.captcha,
            "clock": self.clock,
            "entropy": self.entropy,
            "deliver": self.deliver,
        }
        return AsyncAuth(**ports) if self.in_async else Auth(**ports)

    async def run(self, flow: Flow[T]) -> T:
        """Run a flow, in the world's colour."""
        auth = self.auth
        return await auth.run(flow) if isinstance(auth, AsyncAuth) else auth.run(flow)

    def run_now(self, flow: Flow[T]) -> T:
        """Run a flow in this thread; for a world that is not async."""
        auth = self.auth
        assert isinstance(auth, Auth)
        return auth.run(flow)

    def wait(self, **duration: float) -> None:
        """Let time pass: `wait(minutes=10)`."""
        self.clock.advance(timedelta(**duration))

    async def events(self, subject_id: str = "", what: What | None = None) -> tuple[Event, ...]:
        """The audit trail, newest first."""
        page = await answer(self.store.events(EventQuery(subject_id=subject_id, limit=100_000)))
        return tuple(event for event in page.rows if what is None or event.what is what)

    async def outbox(self, state: MessageState) -> tuple[StoredMessage, ...]:
        """The messages in one state, oldest first."""
        return (await answer(self.store.outbox(MessageQuery(state=state, limit=100_000)))).rows

    async def registration(self, registration_id: str) -> Registration:
        """The registration as it is stored."""
        found = await answer(self.store.registration(registration_id))
        assert found is not None
        return found

    async def account(self, account_id: str) -> Account:
        """The account as it is stored."""
        found = await answer(self.store.account(account_id))
        assert found is not None
        return found

    # The scenarios, with this world's inbox.

    async def submitted(self, n: int = 1, **changes: Any) -> scenario.Waiting:
        """Applicant `n`, waiting for the proof of the contacts."""
        return await self.run(scenario.submitted(self.inbox, scenario.applicant(n, **changes)))

    async def in_review(self, n: int = 1, **changes: Any) -> scenario.Waiting:
        """Applicant `n`, waiting for an operator."""
        return await self.run(scenario.in_review(self.inbox, scenario.applicant(n, **changes)))

    async def member(self, n: int = 1, **changes: Any) -> scenario.Member:
        """Applicant `n`, approved."""
        return await self.run(scenario.approved(self.inbox, scenario.applicant(n, **changes)))


async def suspend(world: World, member: scenario.Member) -> None:
    """Suspend the account, as the host's administrator does."""
    stored = await world.account(member.account_id)
    suspended = replace(stored, state=AccountState.SUSPENDED)
    await answer(world.store.commit(Batch(at=world.clock.now(), accounts=(suspended,))))


async def give_new_phone(world: World, member: scenario.Member, mobile: str) -> None:
    """The member lost the phone and has another, as the host's administrator writes down."""
    stored = await world.account(member.account_id)
    await answer(world.store.commit(Batch(at=world.clock.now(), accounts=(replace(stored, mobile=mobile),))))


def bad_links(good: Secret, other_purpose: Secret) -> dict[str, str]:
    """What arrives instead of a link: cut, changed, forged, of another purpose, or no link at all."""
    text = good.reveal()
    key, row, mac = text.split(".")
    changed_mac = ("A" if mac[0] != "A" else "B") + mac[1:]
    return {
        "empty": "",
        "first half": text[: len(text) // 2],
        "second half": text[len(text) // 2 :],
        "last character lost": text[:-1],
        "one character more": text + "A",
        "twice": text + text,
        "another row": f"{key}.{'0' * 32}.{mac}",
        "another mac": f"{key}.{row}.{changed_mac}",
        "another key": f"k9.{row}.{mac}",
        "another case": f"{key}.{row.upper()}.{mac}",
        "line end inside": f"{key}.{row}.\n{mac}",
        "nul": text + "\0",
        "other digits": f"{key}.{row}.{mac}".replace("0", "٠") + "٠",
        "lone surrogate": text + "\ud800",
        "megabytes": "A" * 3_000_000,
        "another purpose": other_purpose.reveal(),
    }
