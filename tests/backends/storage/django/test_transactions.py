"""The host's transaction: the store writes outside of it or not at all, so no rollback gives an attempt back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections, transaction
from django.test import Client, TestCase

from entractes_auth.backends.batch import Settlement
from entractes_auth.backends.storage.django import DjangoStore
from entractes_auth.errors import ConfigurationError
from entractes_auth.records.kinds import MessageState
from entractes_auth.testing import builders as b
from tests.backends.storage.django import databases
from tests.backends.storage.django.site import CHALLENGE, HostFailedError

WAY_OUT = "non_atomic_requests"


def attempts_left(store: DjangoStore) -> int:
    glance = store.glance(CHALLENGE, b.NOW)
    assert glance is not None
    return glance.attempts_left


@pytest.fixture
def store(alias: str) -> DjangoStore:
    store = DjangoStore(alias)
    store.commit(b.batch(b.challenge(1)))
    return store


@pytest.mark.parametrize("page", ["/plain/", "/alone/", "/roll-back/"])
def test_a_request_that_fails_gives_no_attempt_back(page: str, store: DjangoStore) -> None:
    """Whatever a view rolls back after it has spent, the attempt stays counted."""
    with pytest.raises(HostFailedError):
        Client().get(page)
    assert attempts_left(store) == 2


@pytest.mark.parametrize("page", ["/alone/", "/roll-back/"])
def test_under_atomic_requests_a_marked_view_spends(page: str, file: Path) -> None:
    """ATOMIC_REQUESTS does not reach a view that is `non_atomic_requests`: its attempt stays counted."""
    with databases.at_sqlite(file, ATOMIC_REQUESTS=True) as alias:
        store = DjangoStore(alias)
        store.commit(b.batch(b.challenge(1)))
        with pytest.raises(HostFailedError):
            Client().get(page)
        assert attempts_left(store) == 2


def test_under_atomic_requests_a_plain_view_is_refused(file: Path) -> None:
    """In a request's transaction nothing is judged: no attempt is given, and none is lost."""
    with databases.at_sqlite(file, ATOMIC_REQUESTS=True) as alias:
        store = DjangoStore(alias)
        store.commit(b.batch(b.challenge(1)))
        for _ in range(5):
            with pytest.raises(ConfigurationError, match=WAY_OUT):
                Client().get("/plain/")
        assert attempts_left(store) == 3


WRITES: dict[str, Callable[[DjangoStore], object]] = {
    "spend": lambda store: store.spend(CHALLENGE, b.NOW),
    "commit": lambda store: store.commit(b.batch(b.proof(1))),
    "lease": lambda store: store.lease(b.NOW, b.NOW + timedelta(minutes=1), 1),
    "settle": lambda store: store.settle(
        (Settlement(message_id="no such", token="", state=MessageState.SENT, at=b.NOW),)
    ),
    "purge": lambda store: store.purge(b.challenge().expires_at),
}
each_write = pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)


@each_write
def test_nothing_is_written_inside_atomic(write: Callable[[DjangoStore], object], store: DjangoStore) -> None:
    """Every method that writes refuses, and its text names the way out; outside of the block it works."""
    with transaction.atomic(using=store.using), pytest.raises(ConfigurationError, match=WAY_OUT):
        write(store)
    assert attempts_left(store) == 3
    write(store)


@each_write
def test_nothing_is_written_without_autocommit(
    write: Callable[[DjangoStore], object], store: DjangoStore
) -> None:
    """After `set_autocommit(False)` nobody would commit what the store wrote: it refuses."""
    transaction.set_autocommit(False, using=store.using)
    try:
        with pytest.raises(ConfigurationError, match=WAY_OUT):
            write(store)
        transaction.rollback(using=store.using)
    finally:
        transaction.set_autocommit(True, using=store.using)
    assert attempts_left(store) == 3


def test_a_refusal_leaves_the_host_s_transaction_as_it_was(store: DjangoStore) -> None:
    """A host that catches the refusal goes on in its transaction, and may commit it."""
    with transaction.atomic(using=store.using):
        with pytest.raises(ConfigurationError):
            store.spend(CHALLENGE, b.NOW)
        assert not connections[store.using].needs_rollback
        assert store.account("nobody") is None
    assert store.spend(CHALLENGE, b.NOW) is not None


@pytest.mark.usefixtures("default_database")
class TestInATestCase(TestCase):
    """A host's tests run in a transaction that Django rolls back: there the store writes, and leaves nothing.

    Each of the two tests begins by finding nothing of the other's.
    """

    def spend_once(self) -> int:
        store = DjangoStore()
        assert store.glance(CHALLENGE, b.NOW) is None
        store.commit(b.batch(b.challenge(1), b.account(1)))
        assert store.spend(CHALLENGE, b.NOW) is not None
        return attempts_left(store)

    def test_one(self) -> None:
        """The store writes in a test."""
        assert self.spend_once() == 2

    def test_another(self) -> None:
        """The store writes in another test, which finds nothing of the first."""
        assert self.spend_once() == 2

    def test_a_block_of_the_host_s_own_is_refused_there_as_well(self) -> None:
        """What would be refused in production is refused in a test."""
        with transaction.atomic(), pytest.raises(ConfigurationError, match=WAY_OUT):
            DjangoStore().spend(CHALLENGE, b.NOW)
