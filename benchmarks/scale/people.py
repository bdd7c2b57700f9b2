"""Who is in the database. Everybody has a number from 0, from which all else follows: the same at each run.

The members come first, in the order of their numbers; then who waits for a reviewer, then who has a code on
the phone, then everybody else whose registration came to another state.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from entractes_auth import Keyring, Policy
from entractes_auth.codes import derive
from entractes_auth.credentials import pepper
from entractes_auth.ids import RANDOM_BYTES, ordered_id
from entractes_auth.links import seal
from entractes_auth.records.kinds import Purpose, State
from entractes_auth.records.message import CodeSeed
from entractes_auth.redact import Secret
from entractes_auth.testing import builders, cheap_hasher, scenario

__all__ = ["BEGAN", "KEYS", "NOW", "PASSWORD", "People", "id_of", "instant", "password_hash", "policy"]

BEGAN: Final = builders.NOW - timedelta(days=90)
NOW: Final = builders.NOW + timedelta(minutes=9)  # the codes that were sent are good for another minute
KEYS: Final = Keyring({"k1": hashlib.sha256(b"benchmarks/scale").digest()})
PASSWORD: Final = "735190"  # everybody's: one hash is made, and not a million

# Pages of the queue: the thousandth must be there, with people to approve after it.
_PAGES_AT_LEAST: Final = 1_200
_OTHERS_AT_LEAST: Final = 500
_OTHERS: Final = (State.DRAFT, State.NEEDS_INFORMATION, State.REJECTED, State.WITHDRAWN, State.EXPIRED)


def policy(digits: int, when_full: Literal["widen", "refuse"] = "widen") -> Policy:
    """The quick policy, with identifiers of so many digits; `when_full` as in `CredentialPolicy`."""
    quick = scenario.quick_policy()
    credentials = replace(quick.credentials, identifier_digits=digits, identifier_when_full=when_full)
    return replace(quick, credentials=credentials)


def instant(number: int) -> datetime:
    """When this person signed up: no two at the same moment, and everybody before `builders.NOW`."""
    return BEGAN + timedelta(seconds=number)


def id_of(kind: str, number: int) -> str:
    """The id of a record of this person's, made when they signed up: in the order of time, as `new_id` gives them."""
    random = hashlib.blake2b(f"{kind}/{number}".encode(), digest_size=RANDOM_BYTES).digest()
    return ordered_id(instant(number), random)


def password_hash() -> str:
    """What everybody's account holds."""
    return cheap_hasher().hash(pepper(PASSWORD, "k1", KEYS))


@dataclass(frozen=True, slots=True)
class People:
    """So many members, with identifiers of so many digits; a twentieth as many in review, and so on."""

    accounts: int
    digits: int = 8
    page: int = 25
    """The rows of a page of the queue."""

    @property
    def members(self) -> range:
        """Whose registration was approved."""
        return range(self.accounts)

    @property
    def queue(self) -> range:
        """Who waits for a reviewer, oldest submission first."""
        waiting = max(_PAGES_AT_LEAST * self.page, self.accounts // 20)
        return range(self.accounts, self.accounts + waiting)

    @property
    def submitted(self) -> range:
        """Who has the link and the code, and has typed neither."""
        return range(self.queue.stop, self.queue.stop + self._others)

    @property
    def registrations(self) -> Mapping[State, range]:
        """Everybody, by the state of their registration."""
        ranges = {State.APPROVED: self.members, State.IN_REVIEW: self.queue, State.SUBMITTED: self.submitted}
        begins = self.submitted.stop
        for state in _OTHERS:
            ranges[state] = range(begins, begins + self._others)
            begins += self._others
        return ranges

    @property
    def backlog(self) -> range:
        """Whose message is still queued: one for every thousand members."""
        return range(max(10, self.accounts // 1000))

    @property
    def _others(self) -> int:
        return max(_OTHERS_AT_LEAST, self.accounts // 50)

    def identifier(self, number: int) -> str:
        """A member's identifier: no two alike, and in no order."""
        space: int = 10**self.digits
        return f"{(number * 7_654_321 + 12_345) % space:0{self.digits}d}"  # a factor without 2 and 5: a bijection

    def confirmation(self, number: int) -> tuple[Secret, str]:
        """The link and the code of somebody in `submitted`."""
        sent = builders.sending(1)
        challenge_id = id_of("challenge", number)
        seed = CodeSeed(challenge_id, sent.key_id, sent.nonce, sent.address, sent.counter)
        code = derive(seed, policy(self.digits).codes.digits, KEYS).reveal()
        return seal(Purpose.CONFIRM, challenge_id, KEYS), code
