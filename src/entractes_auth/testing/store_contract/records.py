"""Cases: what is written is read back as it was, and only over the version that it was decided on."""

# ruff: noqa: S101 - the asserts are the contract
from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from entractes_auth.backends.batch import AccountKey, Committed
from entractes_auth.errors import Conflict, Taken
from entractes_auth.numbers.adeli import Adeli
from entractes_auth.numbers.siren import Siren
from entractes_auth.records.account import Account
from entractes_auth.records.kinds import AccountState, Kind, Locale, State, Step
from entractes_auth.records.registration import Claim, Note, Registration
from entractes_auth.testing import builders as b
from entractes_auth.testing.cases import Suite
from entractes_auth.testing.store_contract.rig import Rig

__all__ = ["RECORDS", "full_registration"]

RECORDS: Final[Suite[Rig]] = Suite("records")

TEXTS: Final = {
    "combining": "g̃ et Ǧ̲, décomposé : e\u0301",
    "four_bytes": "le nom 𠮷田 garde son premier signe",
    "right_to_left": "الدكتورة ليلى",
    "sql": 'd\'Aubigné "x"; DROP TABLE accounts; -- %s :name \\ {}',
    "lines": "une ligne\r\nune autre\tet la fin ",
    "null": "NULL",
}


async def stored(rig: Rig, registration: Registration) -> Registration:
    found = await rig.store.registration(registration.id)
    assert found is not None, "the registration was committed, and is not found"
    return found


async def stored_account(rig: Rig, account: Account) -> Account:
    found = await rig.store.account(account.id)
    assert found is not None, "the account was committed, and is not found"
    return found


@RECORDS.each({state.value: state for state in State})
async def registration_reads_back_equal(state: State, rig: Rig) -> None:
    """A registration in any state is read back field for field, as version 1."""
    written = b.registration(1, state)
    await rig.store.commit(b.batch(written))
    assert await stored(rig, written) == replace(written, version=1)


@RECORDS.case
async def bare_registration_reads_back_equal(rig: Rig) -> None:
    """A registration of which nothing was filled in yet keeps its empty fields."""
    bare = Registration(
        id=b.an_id("registration", 1),
        version=0,
        state=State.DRAFT,
        kind=Kind.ESTABLISHMENT,
        locale=Locale.EN,
        created_at=b.NOW,
        updated_at=b.NOW,
        expires_at=None,
    )
    await rig.store.commit(b.batch(bare))
    assert await stored(rig, bare) == replace(bare, version=1)


def full_registration() -> Registration:
    """A registration of which no field is empty."""
    later = b.NOW + timedelta(microseconds=1)
    return b.registration(
        1,
        State.NEEDS_INFORMATION,
        kind=Kind.SOCIAL_CARE,
        practice=b.practice(1, networks=("north", "south", "east")),
        to_redo=frozenset(Step),
        answered=frozenset({Step.IDENTITY.value, "document"}),
        challenge_id=b.an_id("challenge", 1),
        claim=Claim("reviewer-1", later),
        notes=(Note("reviewer-2", later, "appelé deux fois"), Note("reviewer-1", b.NOW, "")),
        account_id=b.an_id("account", 9),
    )


@RECORDS.case
async def full_registration_reads_back_equal(rig: Rig) -> None:
    """What reviewers write (claim, notes, a question, flagged steps) is kept, in order."""
    full = full_registration()
    await rig.store.commit(b.batch(full))
    assert await stored(rig, full) == replace(full, version=1)


@RECORDS.each(TEXTS)
async def texts_read_back_equal(text: str, rig: Rig) -> None:
    """Free text comes back character for character: nothing normalised, cut, trimmed or interpreted."""
    written = b.registration(
        1, State.IN_REVIEW, question=text, notes=(Note("reviewer-1", b.NOW, text),), claim=Claim(text, b.NOW)
    )
    account = b.account(1, last_name=text, first_name=text)
    await rig.store.commit(b.batch(written, account))
    assert await stored(rig, written) == replace(written, version=1)
    assert await stored_account(rig, account) == replace(account, version=1)


@RECORDS.case
async def numbers_keep_their_kind(rig: Rig) -> None:
    """A number comes back as the kind that it is: nine digits of a SIREN are not a FINESS."""
    practice = b.practice(1, professional_number=Adeli("0B1053871"), structure_number=Siren("130025265"))
    written = b.registration(1, practice=practice)
    await rig.store.commit(b.batch(written))
    found = (await stored(rig, written)).practice
    assert found == practice
    assert found is not None
    assert (type(found.professional_number), type(found.structure_number)) == (Adeli, Siren)


@RECORDS.each({state.value: state for state in AccountState})
async def account_reads_back_equal(state: AccountState, rig: Rig) -> None:
    """An account is read back field for field, as version 1, with and without numbers."""
    written = b.account(1, state=state)
    without = b.account(2, state=state, professional_number=None, structure_number=None, locale=Locale.EN)
    await rig.store.commit(b.batch(written, without))
    assert await stored_account(rig, written) == replace(written, version=1)
    assert await stored_account(rig, without) == replace(without, version=1)


@RECORDS.case
async def unknown_ids_give_none(rig: Rig) -> None:
    """A record that was never committed is None."""
    assert await rig.store.registration(b.an_id("registration", 1)) is None
    assert await rig.store.account(b.an_id("account", 1)) is None


@RECORDS.case
async def times_come_back_aware_in_utc(rig: Rig) -> None:
    """Times come back aware, in UTC and to the microsecond: any other expires at the wrong instant."""
    registration, account = b.registration(1, State.NEEDS_INFORMATION), b.account(1)
    await rig.store.commit(b.batch(registration, account))
    found, member = await stored(rig, registration), await stored_account(rig, account)
    assert found.proven is not None
    assert found.consent is not None
    for time in (
        *(found.created_at, found.updated_at, found.submitted_at, found.expires_at),
        *(found.proven.at, found.consent.given_at),
        *(member.created_at, member.updated_at, member.credential.changed_at),
    ):
        assert time is not None
        assert time.utcoffset() == timedelta(0)
        assert time.microsecond == b.NOW.microsecond


@RECORDS.case
async def each_commit_raises_the_version_by_one(rig: Rig) -> None:
    """A record is inserted as version 1, and each commit over it makes one more."""
    await rig.store.commit(b.batch(b.registration(1), b.account(1)))
    for version in (1, 2, 3):
        assert (await stored(rig, b.registration(1))).version == version
        assert (await stored_account(rig, b.account(1))).version == version
        await rig.store.commit(b.batch(b.registration(1, version=version), b.account(1, version=version)))


@RECORDS.case
async def update_replaces_the_whole_record(rig: Rig) -> None:
    """An update writes every field: what is empty in the new version is empty in the store."""
    before, other = b.registration(1, State.NEEDS_INFORMATION), b.registration(2)
    await rig.store.commit(b.batch(before, other, b.account(1), b.account(2)))
    after = b.registration(
        3,
        State.APPROVED,
        id=before.id,
        version=1,
        proven=None,
        consent=None,
        contacts=None,
        documents=(),
        submitted_at=None,
    )
    member = b.account(3, id=b.an_id("account", 1), version=1, structure_number=None)
    await rig.store.commit(b.batch(after, member))
    assert await stored(rig, before) == replace(after, version=2)
    assert await stored_account(rig, member) == replace(member, version=2)
    assert await stored(rig, other) == replace(other, version=1)
    assert await stored_account(rig, b.account(2)) == b.account(2, version=1)


@RECORDS.each({"behind": 1, "ahead": 3})
async def another_version_is_a_conflict(version: int, rig: Rig) -> None:
    """A record that was not decided on the version in the store is refused, and changes nothing."""
    await rig.store.commit(b.batch(b.registration(1), b.account(1)))
    await rig.store.commit(b.batch(b.registration(1, version=1), b.account(1, version=1)))
    for late in (
        b.registration(1, version=version, question="trop tard"),
        b.account(1, version=version, first_name="Trop tard"),
    ):
        with pytest.raises(Conflict):
            await rig.store.commit(b.batch(late))
    assert await stored(rig, b.registration(1)) == b.registration(1, version=2)
    assert await stored_account(rig, b.account(1)) == b.account(1, version=2)


@RECORDS.case
async def update_of_an_unknown_record_is_a_conflict(rig: Rig) -> None:
    """A version above 0 of a record that is not there is refused: an update must never insert."""
    for unknown in (b.registration(1, version=1), b.account(1, version=1)):
        with pytest.raises(Conflict):
            await rig.store.commit(b.batch(unknown))
    assert await rig.store.registration(b.an_id("registration", 1)) is None
    assert await rig.store.account(b.an_id("account", 1)) is None


@RECORDS.case
async def insert_of_an_existing_id_is_taken(rig: Rig) -> None:
    """No id is inserted twice: the second insert raises `Taken("id")` and the first stays as it was."""
    first = (b.registration(1), b.account(1), b.challenge(1), b.message(1), b.event(1))
    await rig.store.commit(b.batch(*first))
    again = (
        b.registration(1, State.APPROVED),
        b.account(2, id=b.an_id("account", 1)),
        b.challenge(1, attempts=9),
        b.message(1, deadline=b.NOW),
        b.event(1, actor_id="someone"),
    )
    for record in again:
        with pytest.raises(Taken) as refused:
            await rig.store.commit(b.batch(record))
        assert refused.value.field == "id", f"of {record!r}"
    assert await stored(rig, b.registration(1)) == b.registration(1, version=1)
    assert await stored_account(rig, b.account(1)) == b.account(1, version=1)
    assert await rig.store.find_account(AccountKey("identifier", b.account(2).identifier)) is None


@RECORDS.case
async def committed_names_the_queued_messages_in_order(rig: Rig) -> None:
    """`commit` gives the ids of the messages that it queued, in the batch's order; an empty batch is fine."""
    assert await rig.store.commit(b.batch()) == Committed(())
    committed = await rig.store.commit(b.batch(b.message(3), b.message(1), b.message(2)))
    assert committed.message_ids == tuple(b.an_id("message", n) for n in (3, 1, 2))
