"""The contract is worth something: each mistake that stores really make fails the case that names it."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import fields, replace
from datetime import datetime, timedelta

import pytest
from typing_extensions import override

from entractes_auth.backends.batch import (
    AccountKey,
    Batch,
    Committed,
    Expendable,
    MessageQuery,
    Page,
    Purged,
    RegistrationQuery,
    Settlement,
    StoredMessage,
)
from entractes_auth.backends.storage.memory import MemoryStore
from entractes_auth.errors import StoreError
from entractes_auth.records.account import Account
from entractes_auth.records.challenge import Attempt, Glance
from entractes_auth.records.kinds import State
from entractes_auth.records.message import CodeSeed, Leased
from entractes_auth.records.registration import Registration
from entractes_auth.testing import builders as b
from entractes_auth.testing.cases import awaited, run_sync, thread_race
from entractes_auth.testing.store_contract.contract import ALL_CASES
from entractes_auth.testing.store_contract.records import full_registration
from entractes_auth.testing.store_contract.rig import Rig


def uncounted(glance: Glance) -> Attempt:
    """What `spend` gives for challenge 1, by a store that did not count it."""
    sent = b.sending(1)
    return Attempt(
        challenge_id=glance.challenge_id,
        purpose=glance.purpose,
        subject_id=glance.subject_id,
        binding=glance.binding,
        key_id=sent.key_id,
        nonce=sent.nonce,
        channel=sent.channel,
        address=sent.address,
        counter=glance.sendings,
        attempts_left=max(glance.attempts_left - 1, 0),
    )


class CountsAfterLooking(MemoryStore):
    """Reads the attempts left, and counts a moment later."""

    @override
    def spend(self, challenge_id: str, now: datetime) -> Attempt | None:
        glance = self.glance(challenge_id, now)
        if glance is None or glance.attempts_left < 1:
            return None
        time.sleep(0.01)
        return super().spend(challenge_id, now) or uncounted(glance)


class GivesAttemptsBack(MemoryStore):
    """Fills the attempts up again whenever a code is sent again."""

    def __init__(self) -> None:
        super().__init__()
        self._refills: list[Attempt] = []
        self._last: Attempt | None = None

    @override
    def spend(self, challenge_id: str, now: datetime) -> Attempt | None:
        self._last = super().spend(challenge_id, now) or (self._refills.pop() if self._refills else None)
        return self._last

    @override
    def commit(self, batch: Batch) -> Committed:
        if batch.sendings and self._last is not None:
            self._refills.append(self._last)
        return super().commit(batch)


class WritesPartByPart(MemoryStore):
    """Commits the messages and events on their own, before the records."""

    @override
    def commit(self, batch: Batch) -> Committed:
        first = super().commit(Batch(at=batch.at, messages=batch.messages, events=batch.events))
        super().commit(replace(batch, messages=(), events=()))
        return first


class RedeemsAnyCode(MemoryStore):
    """Redeems without comparing the counter: a code that was replaced is still good."""

    @override
    def commit(self, batch: Batch) -> Committed:
        proof = batch.redeem
        glance = None if proof is None else self.glance(proof.challenge_id, batch.at)
        if proof is None or glance is None:
            return super().commit(batch)
        return super().commit(replace(batch, redeem=replace(proof, counter=glance.sendings)))


class RedeemsAgain(MemoryStore):
    """Takes the redemption of a challenge that is over for done."""

    @override
    def commit(self, batch: Batch) -> Committed:
        proof = batch.redeem
        if proof is not None and self.glance(proof.challenge_id, batch.at) is None:
            batch = replace(batch, redeem=None)
        return super().commit(batch)


class ShowsTheAddress(MemoryStore):
    """Glances without masking."""

    @override
    def glance(self, challenge_id: str, now: datetime) -> Glance | None:
        glance = super().glance(challenge_id, now)
        return None if glance is None else replace(glance, masked="+33612345678")


class HidesUsedUp(MemoryStore):
    """Glances only at what can still be spent."""

    @override
    def glance(self, challenge_id: str, now: datetime) -> Glance | None:
        glance = super().glance(challenge_id, now)
        return glance if glance is not None and glance.attempts_left else None


class LivesAnInstantLonger(MemoryStore):
    """Compares the end with `>=`."""

    @override
    def spend(self, challenge_id: str, now: datetime) -> Attempt | None:
        return super().spend(challenge_id, now - timedelta(microseconds=1))


class LosesMicroseconds(MemoryStore):
    """Keeps times to the second."""

    @override
    def registration(self, registration_id: str) -> Registration | None:
        found = super().registration(registration_id)
        return None if found is None else replace(found, updated_at=found.updated_at.replace(microsecond=0))


class KeepsTheEmailKeyOnly(MemoryStore):
    """Stores the comparison key in place of the address."""

    @override
    def account(self, account_id: str) -> Account | None:
        found = super().account(account_id)
        return None if found is None else replace(found, email=found.email.lower())


class OverwritesWithoutLooking(MemoryStore):
    """Ignores the version that a record was decided on."""

    @override
    def commit(self, batch: Batch) -> Committed:
        stored = [self.registration(record.id) for record in batch.registrations]
        records = [
            record if found is None else replace(record, version=found.version)
            for record, found in zip(batch.registrations, stored, strict=True)
        ]
        return super().commit(replace(batch, registrations=tuple(records)))


class FindsByAnyField(MemoryStore):
    """Looks a value up in a field that is no key."""

    @override
    def find_account(self, key: AccountKey) -> Account | None:
        return super().find_account(AccountKey("identifier", key.value))


class SkipsEqualTimes(MemoryStore):
    """Goes on after the last row's time alone, and so drops the others of that instant."""

    @override
    def registrations(self, query: RegistrationQuery) -> Page[Registration]:
        whole = super().registrations(replace(query, limit=100, after=None)).rows
        start = (
            datetime.fromisoformat(query.after) if query.after else datetime.min.replace(tzinfo=b.NOW.tzinfo)
        )
        left = [row for row in whole if (row.submitted_at or row.created_at) > start]
        rows = tuple(left[: query.limit])
        last = (rows[-1].submitted_at or rows[-1].created_at).isoformat() if rows else ""
        return Page(rows, last if len(left) > query.limit else None)


class TurnsPagesByNumber(MemoryStore):
    """Counts rows (OFFSET) in place of going on after the last one."""

    @override
    def registrations(self, query: RegistrationQuery) -> Page[Registration]:
        whole = super().registrations(replace(query, limit=1000, after=None)).rows
        start = int(query.after or 0)
        end = start + query.limit
        return Page(whole[start:end], str(end) if end < len(whole) else None)


class ShowsSeeds(MemoryStore):
    """Lists messages with what their secret is derived from."""

    @override
    def outbox(self, query: MessageQuery) -> Page[StoredMessage]:
        page = super().outbox(query)
        seed = CodeSeed("", "", b"seed", "", 1)
        return Page(
            tuple(replace(row, message=replace(row.message, seed=seed)) for row in page.rows), page.next
        )


class LeasesWithoutHolding(MemoryStore):
    """Gives a message to whoever asks."""

    @override
    def lease(
        self, now: datetime, until: datetime, limit: int, only: tuple[str, ...] = ()
    ) -> tuple[Leased, ...]:
        return super().lease(now, now, limit, only)


class ForgetsOnly(MemoryStore):
    """Takes messages that were not named."""

    @override
    def lease(
        self, now: datetime, until: datetime, limit: int, only: tuple[str, ...] = ()
    ) -> tuple[Leased, ...]:
        return super().lease(now, until, limit)


class BelievesAnyToken(MemoryStore):
    """Settles for a relay whose lease is over."""

    @override
    def settle(self, settlements: tuple[Settlement, ...]) -> None:
        known = {leased.message.id: leased.token for leased in self._leased}
        super().settle(tuple(replace(one, token=known.get(one.message_id, "")) for one in settlements))

    def __init__(self) -> None:
        super().__init__()
        self._leased: list[Leased] = []

    @override
    def lease(
        self, now: datetime, until: datetime, limit: int, only: tuple[str, ...] = ()
    ) -> tuple[Leased, ...]:
        taken = super().lease(now, until, limit, only)
        self._leased += taken
        return taken


class ForgetsToWithdraw(MemoryStore):
    """Sends what became pointless."""

    @override
    def commit(self, batch: Batch) -> Committed:
        return super().commit(replace(batch, withdraw=()))


class PurgesUnderTheRelay(MemoryStore):
    """Ends late messages a moment too early, while a relay still holds them."""

    @override
    def purge(self, now: datetime) -> Purged:
        return super().purge(now + timedelta(microseconds=1))


class PurgesNoMessage(MemoryStore):
    """Leaves what is too late queued, with its seed."""

    @override
    def purge(self, now: datetime) -> Purged:
        return super().purge(now - timedelta(days=30))


class ErasesAMomentEarly(MemoryStore):
    """Counts the period a microsecond short."""

    @override
    def erase(self, what: Expendable, before: datetime, limit: int) -> int:
        return super().erase(what, before + timedelta(microseconds=1), limit)


class ErasesAllAtOnce(MemoryStore):
    """One long transaction, for which every sign-in waits."""

    @override
    def erase(self, what: Expendable, before: datetime, limit: int) -> int:
        return super().erase(what, before, 1_000_000)


class ForgetsTheDocuments(MemoryStore):
    """Erases a registration while it names a file: nobody would find the file again."""

    @override
    def erase(self, what: Expendable, before: datetime, limit: int) -> int:
        for each in self.registrations(RegistrationQuery(states=(State.REJECTED,), limit=100)).rows:
            self.commit(Batch(at=before, registrations=(replace(each, documents=()),)))
        return super().erase(what, before, limit)


class CallsNamedDocumentsUnnamed(MemoryStore):
    """A sweep would delete what a reviewer is about to read."""

    @override
    def unnamed_documents(self, candidates: tuple[str, ...]) -> tuple[str, ...]:
        return candidates


class CallsEveryIdentifierFree(MemoryStore):
    """Does not look."""

    @override
    def free_identifiers(self, candidates: tuple[str, ...]) -> tuple[str, ...]:
        return candidates


class ForgetsTheOrder(MemoryStore):
    """Gives free identifiers as a set has them: sorted here, so that the test does not depend on chance."""

    @override
    def free_identifiers(self, candidates: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted(super().free_identifiers(candidates)))


class JoinsTheHost(MemoryStore):
    """Counts within the host's transaction, which is then rolled back; so nothing is counted."""

    @override
    def spend(self, challenge_id: str, now: datetime) -> Attempt | None:
        glance = self.glance(challenge_id, now)
        return None if glance is None else uncounted(glance)


FAULTS: tuple[tuple[Callable[[], MemoryStore], str], ...] = (
    (CountsAfterLooking, "races-a_crowd_of_guesses_gets_exactly_its_attempts"),
    (GivesAttemptsBack, "sendings-sending_again_gives_no_attempt_back"),
    (WritesPartByPart, "atomicity-one_bad_part_undoes_the_whole_batch-taken_email-last"),
    (RedeemsAnyCode, "challenges-a_replaced_code_redeems_nothing"),
    (RedeemsAgain, "races-one_proof_is_redeemed_once"),
    (ShowsTheAddress, "glances-a_glance_masks_the_address-sms"),
    (HidesUsedUp, "glances-a_used_up_challenge_is_still_shown"),
    (LivesAnInstantLonger, "challenges-an_expired_code_is_not_spent-at_the_code_s_end"),
    (LosesMicroseconds, "records-registration_reads_back_equal-draft"),
    (KeepsTheEmailKeyOnly, "records-account_reads_back_equal-active"),
    (OverwritesWithoutLooking, "races-one_update_of_a_version_wins"),
    (FindsByAnyField, "keys-a_key_is_looked_up_in_its_own_field"),
    (SkipsEqualTimes, "queries-registration_pages_are_complete-limit_1"),
    (TurnsPagesByNumber, "queries-pages_are_stable_while_rows_are_inserted"),
    (ShowsSeeds, "outbox-operators_see_messages_without_their_seed-code"),
    (LeasesWithoutHolding, "races-each_message_is_leased_by_one_relay"),
    (ForgetsOnly, "leases-only_takes_none_but_the_named"),
    (BelievesAnyToken, "leases-a_lost_lease_settles_nothing-dead"),
    (JoinsTheHost, "races-an_attempt_survives_the_host_s_rollback"),
    (PurgesUnderTheRelay, "purging-purge_leaves_a_leased_message_to_its_relay"),
    (PurgesNoMessage, "purging-purge_ends_what_is_past_its_deadline"),
    (ErasesAMomentEarly, "retention-what_is_old_enough_goes-events"),
    (ErasesAllAtOnce, "retention-a_batch_is_no_larger_than_asked-challenges"),
    (ForgetsTheDocuments, "retention-a_registration_that_names_a_document_stays"),
    (CallsNamedDocumentsUnnamed, "retention-unnamed_documents_are_those_of_nobody"),
    (CallsEveryIdentifierFree, "keys-free_identifiers_are_those_of_nobody"),
    (ForgetsTheOrder, "keys-a_thousand_candidates_are_looked_up_at_once"),
    (ForgetsToWithdraw, "outbox-withdrawing_a_topic_ends_its_queued_messages"),
)


@asynccontextmanager
async def no_transaction() -> AsyncGenerator[None]:
    yield


def run_case(store: MemoryStore, name: str) -> None:
    (case,) = [case for case in ALL_CASES if case.name == name]
    run_sync(case.run(Rig(awaited(store), thread_race, no_transaction)))


@pytest.mark.parametrize(("broken", "name"), [pytest.param(*fault, id=fault[0].__name__) for fault in FAULTS])
def test_a_mistake_fails_the_case_that_names_it(broken: Callable[[], MemoryStore], name: str) -> None:
    run_case(MemoryStore(), name)
    with pytest.raises((AssertionError, StoreError, pytest.fail.Exception)):
        run_case(broken(), name)


def test_the_full_registration_fills_every_field() -> None:
    """A field that is added to the record is in the round trip, or this fails."""
    full = full_registration()
    empty = [each.name for each in fields(full) if each.name != "version" and not getattr(full, each.name)]
    assert empty == []


def test_a_failed_case_shows_what_it_compared() -> None:
    """pytest rewrites the asserts inside of the package: a failure shows values, not only a line."""
    with pytest.raises(AssertionError, match="attempts_left=0"):
        run_case(GivesAttemptsBack(), "sendings-sending_again_gives_no_attempt_back")
