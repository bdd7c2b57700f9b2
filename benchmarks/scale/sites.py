"""The steps that are measured, on one loaded database: each call is one step of one person, drawn by dice."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from benchmarks.host import SITE
from benchmarks.scale.homes import Home
from benchmarks.scale.people import KEYS, NOW, PASSWORD, People, id_of, instant, policy
from entractes_auth import Auth, Channel
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.backends.messaging.mailbox import Mailbox
from entractes_auth.backends.ports import Messenger
from entractes_auth.backends.storage.cursors import Cursor
from entractes_auth.backends.store import Store
from entractes_auth.flows import confirmation, login, review
from entractes_auth.policy import Policy
from entractes_auth.testing import FrozenClock, cheap_hasher, scenario, unlimited

__all__ = ["Site", "auth_on"]

_PAGES_BEFORE: Final = 999
_SEED: Final = 20261122


def auth_on(store: Store, rules: Policy, phone: Messenger | None = None) -> Auth:
    """A runner whose own cost is small: the cheapest hash, no counting of tries.

    Messages stay in the outbox, unless there is a phone to deliver them to.
    """
    messenger = Mailbox() if phone is None else phone
    return Auth(
        store=store,
        keys=KEYS,
        site=SITE,
        policy=rules,
        messengers={Channel.SMS: messenger, Channel.EMAIL: messenger},
        documents=MemoryDocuments(),
        hasher=cheap_hasher(),
        limits=unlimited(),
        clock=FrozenClock(NOW),
        deliver="relay" if phone is None else "inline",
    )


class Site:
    """One database, its members, and who is next."""

    def __init__(self, home: Home, people: People) -> None:
        self.home = home
        self._people = people
        self._auth = auth_on(home.store, policy(people.digits))
        self._dice = random.Random(_SEED)
        self._to_confirm = self._drawn(people.submitted)
        # Nobody of the first thousand pages, nor of the next: they must hold the same people in every round.
        self._to_approve = self._drawn(people.queue[(_PAGES_BEFORE + 2) * people.page :])
        last = people.queue[_PAGES_BEFORE * people.page - 1]
        self._thousandth = Cursor(instant(last), id_of("registration", last)).encode()

    @property
    def steps(self) -> Mapping[str, Callable[[], None]]:
        """The steps by name."""
        return {
            "login.begin": self._begin,
            "confirm": self._confirm,
            "approve": self._approve,
            "queue, page 1": self._first_page,
            "queue, page 1000": self._thousandth_page,
        }

    def _drawn(self, numbers: range) -> Iterator[int]:
        return iter(self._dice.sample(numbers, min(len(numbers), 1000)))

    def _begin(self) -> None:
        member = self._dice.choice(self._people.members)
        self._auth.run(login.begin(self._people.identifier(member), PASSWORD))

    def _confirm(self) -> None:
        link, code = self._people.confirmation(next(self._to_confirm))
        self._auth.run(confirmation.confirm(link, code=code))

    def _approve(self) -> None:
        found = id_of("registration", next(self._to_approve))
        self._auth.run(review.approve(scenario.REVIEWER, found))

    def _first_page(self) -> None:
        self._page(None, self._people.queue[0])

    def _thousandth_page(self) -> None:
        self._page(self._thousandth, self._people.queue[_PAGES_BEFORE * self._people.page])

    def _page(self, after: str | None, first: int) -> None:
        page = self._auth.run(review.queue(scenario.REVIEWER, after=after, limit=self._people.page))
        assert page.rows[0].id == id_of("registration", first)
        assert len(page.rows) == self._people.page
