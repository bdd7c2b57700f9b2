"""Records to rows and back. Pure: what goes in as a record comes back equal to it."""

from __future__ import annotations

from typing import Any, Protocol, cast

from entractes_auth.contacts import email_key, mask_address
from entractes_auth.records.account import Account, Credential
from entractes_auth.records.challenge import Attempt, Challenge, Glance, Sending
from entractes_auth.records.event import Actor, Event, What
from entractes_auth.records.kinds import AccountState, Channel, Kind, Locale, Purpose

__all__ = [
    "Row",
    "account_from",
    "account_row",
    "attempt_from",
    "challenge_row",
    "event_from",
    "event_row",
    "glance_from",
    "sending_row",
]


class Row(Protocol):
    """A row of a result: values by the column's name."""

    def __getitem__(self, column: str, /) -> Any:
        """The value in this column."""
        ...


def account_row(account: Account) -> dict[str, Any]:
    """The account's columns, but for `version`, which the statements count."""
    credential = account.credential
    return {
        "id": account.id,
        "state": account.state.value,
        "identifier": account.identifier,
        "registration_id": account.registration_id,
        "kind": account.kind.value,
        "locale": account.locale.value,
        "first_name": account.first_name,
        "last_name": account.last_name,
        "email": account.email,
        "email_key": email_key(account.email),
        "mobile": account.mobile,
        "professional_number": account.professional_number,
        "structure_number": account.structure_number,
        "credential_serial": credential.serial,
        "credential_hash": credential.hash,
        "credential_key_id": credential.key_id,
        "credential_changed_at": credential.changed_at,
        "created_at": account.created_at,
        "updated_at": account.updated_at,
    }


def account_from(row: Row) -> Account:
    """The account that a row is."""
    return Account(
        id=row["id"],
        version=row["version"],
        state=AccountState(row["state"]),
        identifier=row["identifier"],
        registration_id=row["registration_id"],
        kind=Kind(row["kind"]),
        locale=Locale(row["locale"]),
        first_name=row["first_name"],
        last_name=row["last_name"],
        email=row["email"],
        mobile=row["mobile"],
        professional_number=row["professional_number"],
        structure_number=row["structure_number"],
        credential=Credential(
            serial=row["credential_serial"],
            hash=row["credential_hash"],
            key_id=row["credential_key_id"],
            changed_at=row["credential_changed_at"],
        ),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


def challenge_row(challenge: Challenge) -> dict[str, Any]:
    """A new challenge's columns."""
    return {
        "id": challenge.id,
        "purpose": challenge.purpose.value,
        "subject_id": challenge.subject_id,
        "binding": challenge.binding,
        "attempts_left": challenge.attempts,
        "created_at": challenge.created_at,
        "expires_at": challenge.expires_at,
        "ended_at": None,
        **sending_row(challenge.sending),
    }


def sending_row(sending: Sending | None) -> dict[str, Any]:
    """The columns that one sending fills; counter 0 when nothing was sent."""
    return {
        "key_id": sending and sending.key_id,
        "nonce": sending and sending.nonce,
        "channel": sending and sending.channel.value,
        "address": sending and sending.address,
        "counter": sending.counter if sending else 0,
        "sent_at": sending and sending.sent_at,
        "code_expires_at": sending and sending.expires_at,
    }


def attempt_from(row: Row) -> Attempt:
    """What `spend` returned."""
    return Attempt(
        challenge_id=row["id"],
        purpose=Purpose(row["purpose"]),
        subject_id=row["subject_id"],
        binding=row["binding"],
        key_id=row["key_id"],
        nonce=row["nonce"],
        channel=Channel(row["channel"]),
        address=row["address"],
        counter=row["counter"],
        attempts_left=row["attempts_left"],
    )


def glance_from(row: Row) -> Glance:
    """What a page may show of a challenge's row; the address is masked here."""
    channel = None if row["channel"] is None else Channel(row["channel"])
    return Glance(
        challenge_id=row["id"],
        purpose=Purpose(row["purpose"]),
        subject_id=row["subject_id"],
        binding=row["binding"],
        channel=channel,
        masked=mask_address(channel, row["address"]) if channel is not None else "",
        sendings=row["counter"],
        sent_at=row["sent_at"],
        attempts_left=row["attempts_left"],
        code_expires_at=row["code_expires_at"],
        expires_at=row["expires_at"],
    )


def event_row(event: Event) -> dict[str, Any]:
    """An audit line's columns."""
    return {
        "id": event.id,
        "at": event.at,
        "what": event.what.value,
        "subject_id": event.subject_id,
        "actor": event.actor.value,
        "actor_id": event.actor_id,
        "details": dict(event.details),
    }


def event_from(row: Row) -> Event:
    """The audit line that a row is."""
    return Event(
        id=row["id"],
        at=row["at"],
        what=What(row["what"]),
        subject_id=row["subject_id"],
        actor=Actor(row["actor"]),
        actor_id=row["actor_id"],
        details=cast("dict[str, str]", row["details"]),
    )
