"""What `MemoryStore` keeps of a challenge and of a message, and what each can tell or become.

Rows are frozen: a change is a new row under the same id.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from entractes_auth.backends.batch import Settlement, StoredMessage
from entractes_auth.contacts import mask_address
from entractes_auth.records.challenge import Attempt, Challenge, Glance, Sending
from entractes_auth.records.kinds import MessageState
from entractes_auth.records.message import Message

__all__ = ["ChallengeRow", "MessageRow"]


@dataclass(frozen=True, slots=True, repr=False)
class ChallengeRow:
    """A challenge as it stands; once its code is of no more use, its sending has no nonce."""

    challenge: Challenge
    attempts_left: int
    ended_at: datetime | None = None

    def is_over(self, now: datetime) -> bool:
        """Whether it ended or expired."""
        return self.ended_at is not None or self.challenge.expires_at <= now

    def holds_nonce(self) -> bool:
        """Whether a code could still be derived from it."""
        return self.challenge.sending is not None and self.challenge.sending.nonce != b""

    def erased(self) -> Self:
        """The challenge without the nonce, from which its code could be derived."""
        sending = self.challenge.sending
        if sending is None:
            return self
        return replace(self, challenge=replace(self.challenge, sending=replace(sending, nonce=b"")))

    def to_judge(self, now: datetime) -> Sending | None:
        """The sending whose code may be judged now; None when no attempt may be spent on it."""
        sending = self.challenge.sending
        if sending is None or self.is_over(now) or self.attempts_left < 1:
            return None
        return sending if sending.nonce and sending.expires_at > now else None

    def attempt(self, sending: Sending) -> Attempt:
        """What judges a code of this sending, once the attempt is counted."""
        return Attempt(
            challenge_id=self.challenge.id,
            purpose=self.challenge.purpose,
            subject_id=self.challenge.subject_id,
            binding=self.challenge.binding,
            key_id=sending.key_id,
            nonce=sending.nonce,
            channel=sending.channel,
            address=sending.address,
            counter=sending.counter,
            attempts_left=self.attempts_left,
        )

    def glance(self) -> Glance:
        """What a page may show of it."""
        challenge, sending = self.challenge, self.challenge.sending
        channel = None if sending is None else sending.channel
        return Glance(
            challenge_id=challenge.id,
            purpose=challenge.purpose,
            subject_id=challenge.subject_id,
            binding=challenge.binding,
            channel=channel,
            masked=mask_address(sending.channel, sending.address) if sending is not None else "",
            sendings=0 if sending is None else sending.counter,
            sent_at=None if sending is None else sending.sent_at,
            attempts_left=self.attempts_left,
            code_expires_at=None if sending is None else sending.expires_at,
            expires_at=challenge.expires_at,
        )


@dataclass(frozen=True, slots=True, repr=False)
class MessageRow:
    """A message of the outbox; `token` is its newest lease, which holds until `leased_until`."""

    message: Message
    next_try_at: datetime
    state: MessageState = MessageState.QUEUED
    tries: int = 0
    reason: str = ""
    token: str | None = None
    leased_until: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Whether a relay may have it now."""
        return self._is_free(now) and self.next_try_at <= now

    def is_overdue(self, now: datetime) -> bool:
        """Whether it is too late for it, and no relay holds it that would say so."""
        return self._is_free(now) and self.message.deadline <= now

    def _is_free(self, now: datetime) -> bool:
        unleased = self.leased_until is None or self.leased_until <= now
        return self.state is MessageState.QUEUED and unleased

    def leased(self, token: str, until: datetime) -> Self:
        """The message in a relay's hands, as one more try."""
        return replace(self, token=token, leased_until=until, tries=self.tries + 1)

    def settled(self, settlement: Settlement) -> Self:
        """The message after what the relay that holds it reports."""
        if settlement.state is not MessageState.QUEUED:
            return self.ended(settlement.state, settlement.reason)
        retry_at = settlement.retry_at or settlement.at
        return replace(self, next_try_at=retry_at, reason=settlement.reason, token=None, leased_until=None)

    def ended(self, state: MessageState, reason: str) -> Self:
        """The message when nothing more is sent: without its lease, and without its seed."""
        message = replace(self.message, seed=None)
        return replace(self, message=message, state=state, reason=reason, token=None, leased_until=None)

    def shown(self) -> StoredMessage:
        """The message as operators see it."""
        return StoredMessage(replace(self.message, seed=None), self.state, self.tries, self.reason)
