"""Whatever a record holds, the row gives back: made-up records through a real database."""

from __future__ import annotations

import itertools
from collections.abc import Generator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entractes_auth.backends.batch import AccountKey, EventQuery, RegistrationQuery
from entractes_auth.backends.storage.sqlalchemy import SqlStore
from entractes_auth.contacts import email_key
from entractes_auth.numbers.siren import Siren
from entractes_auth.records.account import Account, Credential
from entractes_auth.records.challenge import Attempt, Challenge, Sending
from entractes_auth.records.event import Actor, Event, What
from entractes_auth.records.kinds import AccountState, Channel, Kind, Locale, Purpose, State, Step
from entractes_auth.records.message import CodeSeed, LinkRef, Message, PasswordSeed, Template
from entractes_auth.records.registration import Claim, Consent, Document, Note, Proven, Registration
from entractes_auth.steps import Care
from entractes_auth.testing import builders as b
from tests.backends.storage.sqlalchemy_rigs import prepared, url_of

COUNT: Final = itertools.count()
FAR: Final = datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)

# Everything that UTF-8 can write: NUL, quotes, line ends, characters of four bytes.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
instants = st.datetimes(timezones=st.just(UTC))
numbers = st.integers(0, 2**31 - 1)
nonces = st.binary(min_size=1, max_size=32)
details = st.dictionaries(texts, texts, max_size=4)
ids = st.just("")  # each run gives its record ids of its own: see `new_id`

registrations = st.builds(
    Registration,
    id=ids,
    version=st.just(0),
    state=st.sampled_from(State),
    kind=st.sampled_from(Kind),
    locale=st.sampled_from(Locale),
    created_at=instants,
    updated_at=instants,
    expires_at=st.none() | instants,
    submitted_at=st.none() | instants,
    identity=st.none() | st.builds(b.identity, numbers),
    practice=st.none()
    | st.builds(b.practice, numbers)
    | st.just(b.practice(professional_number=None, structure_number=Siren("732829320"))),
    care=st.sampled_from([None, Care(), Care(visit=False), Care(consultation=False)]),
    contacts=st.none() | st.builds(b.contacts, st.integers(1, 99), newsletter=st.booleans()),
    documents=st.lists(st.builds(Document, texts, texts, st.integers(0, 2**40)), max_size=3).map(tuple),
    consent=st.none() | st.builds(Consent, instants, texts),
    to_redo=st.frozensets(st.sampled_from(Step)),
    document_wanted=st.booleans(),
    answered=st.frozensets(texts, max_size=4),
    question=texts,
    challenge_id=st.none() | texts,
    proven=st.none() | st.builds(Proven, texts, texts, instants),
    claim=st.none() | st.builds(Claim, texts, instants),
    notes=st.lists(st.builds(Note, texts, instants, texts), max_size=3).map(tuple),
    account_id=st.none() | texts,
)
accounts = st.builds(
    Account,
    id=ids,
    version=st.just(0),
    state=st.sampled_from(AccountState),
    identifier=ids,
    registration_id=ids,
    kind=st.sampled_from(Kind),
    locale=st.sampled_from(Locale),
    first_name=texts,
    last_name=texts,
    email=st.just(""),
    mobile=texts,
    professional_number=st.none() | texts,
    structure_number=st.none() | texts,
    credential=st.builds(Credential, texts, texts, texts, instants),
    created_at=instants,
    updated_at=instants,
)
messages = st.builds(
    Message,
    id=ids,
    template=st.sampled_from(Template),
    channel=st.sampled_from(Channel),
    address=texts,
    locale=st.sampled_from(Locale),
    created_at=instants,
    deadline=instants,
    topic=texts,
    params=details,
    seed=st.none()
    | st.builds(CodeSeed, texts, texts, nonces, texts, numbers)
    | st.builds(PasswordSeed, texts, texts, nonces),
    link=st.none() | st.builds(LinkRef, st.sampled_from(Purpose), texts),
)
events = st.builds(
    Event,
    id=ids,
    at=instants,
    what=st.sampled_from(What),
    subject_id=ids,
    actor=st.sampled_from(Actor),
    actor_id=texts,
    details=details,
)
sendings = st.builds(
    Sending,
    challenge_id=ids,
    counter=st.integers(1, 99),
    key_id=texts,
    nonce=nonces,
    channel=st.sampled_from(Channel),
    address=st.sampled_from(["+33612345678", "zoe@example.fr"]),
    expires_at=st.just(FAR),
    sent_at=instants,
)
challenges = st.builds(
    Challenge,
    id=ids,
    purpose=st.sampled_from(Purpose),
    subject_id=texts,
    binding=texts,
    attempts=st.integers(1, 10),
    created_at=instants,
    expires_at=st.just(FAR),
    sending=sendings,
)


def new_id() -> str:
    """An id that no row of this module's database has."""
    return f"id-{next(COUNT)}"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Generator[SqlStore]:
    store = SqlStore(url_of(prepared(tmp_path_factory.mktemp("rows") / "a.db")))
    yield store
    store.close()


@given(record=registrations)
def test_a_registration_comes_back_equal(store: SqlStore, record: Registration) -> None:
    """Every field of a registration is read back as it was written, when inserted and when replaced."""
    record = replace(record, id=new_id())
    store.commit(b.batch(record))
    assert store.registration(record.id) == replace(record, version=1)
    store.commit(b.batch(replace(record, version=1)))
    assert store.registration(record.id) == replace(record, version=2)


@given(record=accounts)
def test_an_account_comes_back_equal(store: SqlStore, record: Account) -> None:
    """Every field of an account is read back as it was written, by its id and by its e-mail's key."""
    own = new_id()
    record = replace(record, id=own, identifier=own, registration_id=own, email=f"Zoe.{own}@Example.fr")
    store.commit(b.batch(record))
    assert store.account(record.id) == replace(record, version=1)
    store.commit(b.batch(replace(record, version=1)))
    assert store.find_account(AccountKey("email", email_key(record.email))) == replace(record, version=2)


@given(record=messages)
def test_a_message_comes_back_equal(store: SqlStore, record: Message) -> None:
    """Every field of a message is leased as it was queued, with its seed."""
    record = replace(record, id=new_id())
    store.commit(b.batch(record))
    (leased,) = store.lease(FAR, FAR, 1, only=(record.id,))
    assert leased.message == record


@given(record=events)
def test_an_event_comes_back_equal(store: SqlStore, record: Event) -> None:
    """Every field of an audit line is read back as it was written."""
    record = replace(record, id=new_id(), subject_id=new_id())
    store.commit(b.batch(record))
    assert store.events(EventQuery(subject_id=record.subject_id)).rows == (record,)


@given(record=challenges)
def test_a_challenge_is_spent_as_it_was_sent(store: SqlStore, record: Challenge) -> None:
    """An attempt and a glance give the sending's values as they were written."""
    record = replace(record, id=new_id())
    store.commit(b.batch(record))
    sending, now = record.sending, FAR - timedelta(microseconds=1)
    assert sending is not None
    attempt, glance = store.spend(record.id, now), store.glance(record.id, now)
    assert attempt is not None
    assert glance is not None
    assert attempt == Attempt(
        challenge_id=record.id,
        purpose=record.purpose,
        subject_id=record.subject_id,
        binding=record.binding,
        key_id=sending.key_id,
        nonce=sending.nonce,
        channel=sending.channel,
        address=sending.address,
        counter=sending.counter,
        attempts_left=record.attempts - 1,
    )
    assert (glance.sent_at, glance.code_expires_at, glance.expires_at) == (sending.sent_at, FAR, FAR)
    assert (glance.attempts_left, glance.sendings) == (attempt.attempts_left, sending.counter)


@given(positions=st.lists(instants, min_size=2, max_size=6))
def test_instants_order_in_the_database_as_in_python(store: SqlStore, positions: list[datetime]) -> None:
    """A queue is in the order of its instants, before 1970 as after it, to the microsecond."""
    reviewer = new_id()
    claim = Claim(reviewer, FAR)
    records = [b.registration(1, id=new_id(), created_at=at, claim=claim) for at in positions]
    store.commit(b.batch(*records))
    page = store.registrations(RegistrationQuery(reviewer_id=reviewer, limit=1000))
    assert [record.created_at for record in page.rows] == sorted(positions)
