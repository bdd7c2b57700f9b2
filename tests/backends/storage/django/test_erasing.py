"""What is erased by its age is what the reference store erases; registrations that name a document stay."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
from django.db import connections
from django.db.models.signals import post_delete, pre_delete
from django.test.utils import CaptureQueriesContext

from entractes_auth.backends.batch import Batch, Expendable, RegistrationQuery, Settlement
from entractes_auth.backends.limits.django import DjangoLimits
from entractes_auth.backends.limits.windows import subject_mac
from entractes_auth.backends.storage.django import DjangoStore
from entractes_auth.backends.storage.django.models import Budget as Row
from entractes_auth.backends.storage.django.models import Registration
from entractes_auth.backends.storage.memory import MemoryStore
from entractes_auth.backends.store import Store
from entractes_auth.keys import Keyring
from entractes_auth.policy import Budget
from entractes_auth.records.kinds import MessageState, State
from entractes_auth.testing import builders as b

LATER = b.NOW + timedelta(days=400)


def full() -> Batch:
    """Registrations in every state, with and without documents, messages, challenges and events."""
    bare = [b.registration(n, state, documents=()) for n, state in enumerate(State, 1)]
    named = [b.registration(n, state) for n, state in enumerate(State, 21)]
    others = [(b.message(n), b.challenge(n), b.event(n)) for n in range(1, 9)]
    return b.batch(*bare, *named, *(each for row in others for each in row))


def settled(store: Store) -> Store:
    """The store with two messages of each end, and two that are queued."""
    store.commit(full())
    leased = store.lease(b.NOW + timedelta(hours=1), b.NOW + timedelta(hours=2), 6)
    ends = [*[MessageState.SENT] * 2, *[MessageState.DEAD] * 2, *[MessageState.WITHDRAWN] * 2]
    store.settle(
        tuple(
            Settlement(message_id=one.message.id, token=one.token, state=end, at=b.NOW)
            for one, end in zip(leased, ends, strict=True)
        )
    )
    return store


@pytest.mark.parametrize("what", Expendable)
def test_both_stores_erase_the_same(what: Expendable, alias: str) -> None:
    """As many as were counted, a few at a time, and nothing that is younger."""
    ours, reference = settled(DjangoStore(alias)), settled(MemoryStore())
    assert ours.expendable(what, LATER) == reference.expendable(what, LATER) > 0
    young = b.NOW - timedelta(days=400)
    assert (ours.expendable(what, young), ours.erase(what, young, 10), ours.erase(what, LATER, 0)) == (
        0,
        0,
        0,
    )
    counts = [(ours.erase(what, LATER, 1), reference.erase(what, LATER, 1)) for _ in range(10)]
    assert all(one == other for one, other in counts)
    assert ours.expendable(what, LATER) == 0


def test_what_is_erased_is_shown_to_nobody(alias: str) -> None:
    """An app that keeps a copy of whatever any model deletes gets none of it."""
    store, copies = settled(DjangoStore(alias)), list[object]()
    keys, once = Keyring.generate(), Budget(amount=1, per=timedelta(hours=1))
    sweeper = next(each for each in map(str, count()) if subject_mac(keys, "sms", each)[0] == 0)
    limits = DjangoLimits(alias, keys)
    budgets = Row.objects.using(alias)

    def keep(instance: object, **_: object) -> None:
        copies.append(instance)

    for signal in (pre_delete, post_delete):
        signal.connect(keep)
    try:
        assert all(store.erase(what, LATER, 10) for what in Expendable)
        limits.hit("sms", "cleared", once, b.NOW)
        limits.clear("sms", "cleared", once)
        limits.hit("sms", "over", once, b.NOW)
        limits.hit("sms", sweeper, once, b.NOW + timedelta(hours=2))
        assert budgets.count() == 1, "what was over is swept"
    finally:
        for signal in (pre_delete, post_delete):
            signal.disconnect(keep)
    assert copies == []


def test_documents_that_a_registration_names_are_kept(alias: str) -> None:
    """The names are read out of every registration that has any."""
    store = settled(DjangoStore(alias))
    named = b.registration(21, State.DRAFT).documents[0].id
    assert store.unnamed_documents(("unknown", named, "other")) == ("unknown", "other")
    assert store.unnamed_documents(()) == ()


def test_registrations_with_documents_are_found_by_their_index(alias: str) -> None:
    """The partial index serves: its condition stands in the query word for word."""
    store = settled(DjangoStore(alias))
    waiting = RegistrationQuery(states=(State.IN_REVIEW,), with_documents=True, unchanged_since=LATER)
    with CaptureQueriesContext(connections[alias]) as queries:
        rows = store.registrations(waiting).rows
    assert [row.state for row in rows] == [State.IN_REVIEW]
    assert all(row.documents for row in rows)
    [asked] = [query["sql"] for query in queries if "entractes_auth_registration" in query["sql"]]
    assert """\"documents" <> '[]'""" in asked
    plan = Registration.objects.using(alias).filter(state="in_review", documents__named=True)
    assert "auth_registration_documents" in plan.order_by("position", "id").explain()
