"""Cases: pages of registrations, accounts and events: every filter, complete, in order, and stable."""

# ruff: noqa: S101 - the asserts are the contract
from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any, Final, TypeVar

import pytest

from entractes_auth.backends.batch import AccountQuery, EventQuery, MessageQuery, Page, RegistrationQuery
from entractes_auth.contacts import email_key
from entractes_auth.errors import InvalidInput
from entractes_auth.records.kinds import Kind, MessageState, State
from entractes_auth.records.registration import Claim, Registration
from entractes_auth.testing import builders as b
from entractes_auth.testing.cases import Suite
from entractes_auth.testing.store_contract.rig import Rig

__all__ = ["QUERIES"]

QUERIES: Final[Suite[Rig]] = Suite("queries")

T = TypeVar("T")

LIMITS: Final = {f"limit_{limit}": limit for limit in (1, 2, 3, 7, 24, 25)}


def many() -> list[Registration]:
    """24 registrations, three in each state, of all kinds; some are of the same instant."""
    kinds, made = list(Kind), list[Registration]()
    for n, (turn, state) in enumerate(product(range(3), State), start=1):
        earlier = timedelta(hours=(n * 7) % 5)
        record = b.registration(n, state, kind=kinds[(n + turn) % 3], created_at=b.NOW - earlier)
        if record.submitted_at is not None:
            record = replace(record, submitted_at=record.submitted_at - earlier)
        if n % 2 == 0:
            record = replace(record, claim=Claim(f"reviewer-{n % 3}", b.NOW + timedelta(days=1)))
        if n % 9 == 0:
            record = replace(record, practice=None, contacts=None)
        made.append(replace(record, contacts=b.contacts(5)) if n % 8 == 1 else record)
    return made


def position(registration: Registration) -> tuple[datetime, str]:
    return (registration.submitted_at or registration.created_at, registration.id)


def fits(registration: Registration, query: RegistrationQuery) -> bool:
    """The query's docstring in plain words: what the store's own filters are compared with."""
    practice, contacts, claim = registration.practice, registration.contacts, registration.claim
    numbers = (practice.professional_number, practice.structure_number) if practice is not None else ()
    return (
        (query.states == () or registration.state in query.states)
        and (query.kinds == () or registration.kind in query.kinds)
        and (query.reviewer_id is None or (claim is not None and claim.reviewer_id == query.reviewer_id))
        and (query.email is None or (contacts is not None and email_key(contacts.email) == query.email))
        and (query.number is None or query.number in numbers)
        and (
            query.expired_at is None
            or (registration.expires_at is not None and registration.expires_at <= query.expired_at)
        )
        and (query.unchanged_since is None or registration.updated_at <= query.unchanged_since)
        and (not query.with_documents or registration.documents != ())
    )


async def stored(rig: Rig) -> list[Registration]:
    """Store them all, and give them as the store should, in the order of its pages."""
    written = many()
    await rig.store.commit(b.batch(*written))
    return sorted((replace(record, version=1) for record in written), key=position)


async def walk(ask: Callable[[str | None], Awaitable[Page[T]]], limit: int) -> list[T]:
    """Every row, page by page; each page but the last is full."""
    rows: list[T] = []
    page = await ask(None)
    while True:
        assert len(page.rows) <= limit
        rows += page.rows
        if page.next is None:
            return rows
        assert len(page.rows) == limit, "a page that is not the last must be full"
        assert len(rows) < 1000, "the pages do not end"
        page = await ask(page.next)


_FILTERS: Final[dict[str, Sequence[Any]]] = {
    "states": [(), (State.IN_REVIEW,), (State.DRAFT, State.SUBMITTED, State.NEEDS_INFORMATION)],
    "kinds": [(), (Kind.PROFESSIONAL,), (Kind.ESTABLISHMENT, Kind.SOCIAL_CARE)],
    "reviewer_id": [None, "reviewer-2", "nobody"],
    "email": [None, email_key(b.contacts(5).email), "nobody@example.fr"],
    "number": [None, b.practice(2).professional_number, b.practice(2).structure_number],
    "expired_at": [None, b.NOW + timedelta(days=1), b.NOW + timedelta(days=30)],
    "unchanged_since": [None, b.NOW + timedelta(minutes=7), b.NOW + timedelta(minutes=5)],
    "with_documents": [False, True],
}


@QUERIES.each({name: name for name in _FILTERS})
async def each_filter_keeps_what_it_says(name: str, rig: Rig) -> None:
    """One filter alone gives exactly the registrations that fit it, oldest first."""
    everything = await stored(rig)
    for value in _FILTERS[name]:
        query = replace(RegistrationQuery(limit=100), **{name: value})
        page = await rig.store.registrations(query)
        assert list(page.rows) == [record for record in everything if fits(record, query)], (
            f"{name}={value!r}"
        )
        assert page.next is None


@QUERIES.case
async def filters_combine(rig: Rig) -> None:
    """Any two filters together give what fits both."""
    everything = await stored(rig)
    names = list(_FILTERS)
    for first, second in product(names, names):
        if first >= second:
            continue
        for values in product(_FILTERS[first][1:], _FILTERS[second][1:]):
            query = replace(RegistrationQuery(limit=100), **dict(zip((first, second), values, strict=True)))
            found = [record.id for record in (await rig.store.registrations(query)).rows]
            assert found == [r.id for r in everything if fits(r, query)], f"{first}, {second} = {values!r}"


@QUERIES.each(LIMITS)
async def registration_pages_are_complete(limit: int, rig: Rig) -> None:
    """Whatever the page size, each registration is on one page, in order, those of one instant by id."""
    everything = await stored(rig)
    found = await walk(
        lambda after: rig.store.registrations(RegistrationQuery(after=after, limit=limit)), limit
    )
    assert found == everything


@QUERIES.each(LIMITS)
async def filtered_pages_are_complete(limit: int, rig: Rig) -> None:
    """A page that was filtered goes on under the same filter."""
    everything = await stored(rig)
    query = RegistrationQuery(states=(State.IN_REVIEW, State.SUBMITTED), limit=limit)
    found = await walk(lambda after: rig.store.registrations(replace(query, after=after)), limit)
    assert found == [record for record in everything if fits(record, query)]


@QUERIES.case
async def pages_are_stable_while_rows_are_inserted(rig: Rig) -> None:
    """Rows that arrive while pages are turned, before or behind the reader, hide none and repeat none."""
    everything = await stored(rig)
    seen: list[str] = []
    after: str | None = None
    for n in range(100, 200):
        page = await rig.store.registrations(RegistrationQuery(after=after, limit=2))
        seen += [record.id for record in page.rows]
        if page.next is None:
            break
        after = page.next
        before, behind = b.NOW - timedelta(days=1), b.NOW + timedelta(days=1)
        await rig.store.commit(
            b.batch(b.registration(n, created_at=before), b.registration(n + 100, created_at=behind))
        )
    known = {record.id for record in everything}
    assert [one for one in seen if one in known] == [record.id for record in everything]
    assert len(seen) == len(set(seen))


@QUERIES.case
async def a_number_is_compared_whole(rig: Rig) -> None:
    """A part of a number, or a pattern, finds nobody."""
    await rig.store.commit(b.batch(b.registration(1), b.account(1)))
    number = b.account(1).professional_number
    assert number is not None
    for wrong in (number[:-1], number[1:], f"{number[:-1]}%", "%", "_" * len(number)):
        assert (await rig.store.registrations(RegistrationQuery(number=wrong))).rows == ()
        assert (await rig.store.accounts(AccountQuery(number=wrong))).rows == ()


@QUERIES.each(LIMITS)
async def accounts_are_found_by_either_number(limit: int, rig: Rig) -> None:
    """All accounts that hold the number, as a professional's or as a structure's, are on the pages, by id."""
    number = "750100125"
    holders = [b.account(n, professional_number=number, structure_number=None) for n in range(1, 5)]
    holders += [b.account(n, professional_number=None, structure_number=number) for n in range(5, 9)]
    holders += [b.account(9, professional_number=number, structure_number=number)]
    others = [b.account(n, professional_number=None, structure_number=None) for n in range(10, 15)]
    await rig.store.commit(b.batch(*holders, *others))
    found = await walk(
        lambda after: rig.store.accounts(AccountQuery(number=number, after=after, limit=limit)), limit
    )
    assert found == sorted((replace(one, version=1) for one in holders), key=lambda one: one.id)


@QUERIES.each(LIMITS)
async def events_are_complete_and_newest_first(limit: int, rig: Rig) -> None:
    """Each line of the trail is on one page, newest first, and read back equal."""
    written = [b.event(n, actor_id="reviewer-𠮷", details={"d'où": 'é"'}) for n in range(1, 13)]
    written += [b.event(n, at=b.NOW + timedelta(seconds=5), subject_id="") for n in range(13, 21)]
    await rig.store.commit(b.batch(*written[::2], *written[1::2]))
    found = await walk(lambda after: rig.store.events(EventQuery(after=after, limit=limit)), limit)
    times = [line.at for line in found]
    assert times == sorted(times, reverse=True)
    assert sorted(found, key=lambda line: line.id) == sorted(written, key=lambda line: line.id)
    assert all(line.at.utcoffset() == timedelta(0) for line in found)


@QUERIES.case
async def events_are_of_one_subject_when_asked(rig: Rig) -> None:
    """With a subject the trail is that subject's alone, newest first; without one it is everybody's."""
    subject = b.an_id("registration", 1)
    mine = [b.event(n, subject_id=subject) for n in (1, 3, 5)]
    await rig.store.commit(b.batch(*mine, b.event(2), b.event(4, subject_id="")))
    assert (await rig.store.events(EventQuery(subject_id=subject))).rows == tuple(reversed(mine))
    assert len((await rig.store.events(EventQuery())).rows) == 5
    assert (await rig.store.events(EventQuery(subject_id="unknown"))).rows == ()


_GARBAGE: Final = {
    "words": "not a cursor",
    "digits": "17",
    "symbols": "!!!!",
    "accents": "é" * 12,
    "nul": "\x00",
    "sql": "' OR 1=1 --",
    "base64": "AAAA",
    "json": '{"after": 1}',
    "long": "A" * 100_000,
}


@QUERIES.each(_GARBAGE)
async def a_malformed_cursor_is_refused(cursor: str, rig: Rig) -> None:
    """A cursor that no page gave raises `InvalidInput`: it comes from a URL, and anyone may write one."""
    await rig.store.commit(b.batch(b.registration(1), b.account(1), b.event(1), b.message(1)))
    await every_page_is_refused(rig, after=cursor, limit=10)


@QUERIES.each({"none": 0, "negative": -1})
async def a_limit_below_one_is_refused(limit: int, rig: Rig) -> None:
    """A page of no rows, or of "all rows" as SQL reads a negative limit, raises `InvalidInput`."""
    await rig.store.commit(b.batch(b.registration(1), b.account(1), b.event(1), b.message(1)))
    await every_page_is_refused(rig, after=None, limit=limit)


async def every_page_is_refused(rig: Rig, *, after: str | None, limit: int) -> None:
    store = rig.store
    with pytest.raises(InvalidInput):
        await store.registrations(RegistrationQuery(after=after, limit=limit))
    with pytest.raises(InvalidInput):
        await store.accounts(AccountQuery(number="750100125", after=after, limit=limit))
    with pytest.raises(InvalidInput):
        await store.events(EventQuery(after=after, limit=limit))
    with pytest.raises(InvalidInput):
        await store.outbox(MessageQuery(state=MessageState.QUEUED, after=after, limit=limit))
