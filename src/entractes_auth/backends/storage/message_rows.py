"""Messages to rows and back. Pure: what goes in as a record comes back equal to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from entractes_auth.backends.batch import Lease, StoredMessage
from entractes_auth.backends.storage.rows import Row
from entractes_auth.records.kinds import Channel, Locale, MessageState, Purpose
from entractes_auth.records.message import CodeSeed, Leased, LinkRef, Message, PasswordSeed, Seed, Template

__all__ = ["leased_from", "message_row", "stored_message_from"]


def message_row(message: Message, lease: Lease | None) -> dict[str, Any]:
    """A newly queued message's columns; `lease` is that of the one who queues it, if any."""
    return {
        "id": message.id,
        "template": message.template.value,
        "channel": message.channel.value,
        "address": message.address,
        "locale": message.locale.value,
        "created_at": message.created_at,
        "deadline": message.deadline,
        "topic": message.topic,
        "params": dict(message.params),
        "link_purpose": message.link and message.link.purpose.value,
        "link_id": message.link and message.link.id,
        "state": MessageState.QUEUED.value,
        "reason": "",
        "tries": 0 if lease is None else 1,
        "next_try_at": message.created_at,
        "lease_token": lease and lease.token,
        "leased_until": lease and lease.until,
        **_seed_row(message.seed),
    }


def stored_message_from(row: Row) -> StoredMessage:
    """The message as an operator may see it: the query does not even read the seed."""
    return StoredMessage(_message_from(row), MessageState(row["state"]), row["tries"], row["reason"])


def leased_from(row: Row) -> Leased:
    """The message as the relay needs it, with its seed."""
    message = replace(_message_from(row), seed=_seed_from(row))
    return Leased(message, row["lease_token"], row["tries"])


def _message_from(row: Row) -> Message:
    purpose = row["link_purpose"]
    return Message(
        id=row["id"],
        template=Template(row["template"]),
        channel=Channel(row["channel"]),
        address=row["address"],
        locale=Locale(row["locale"]),
        created_at=row["created_at"],
        deadline=row["deadline"],
        topic=row["topic"],
        params=cast("dict[str, str]", row["params"]),
        link=None if purpose is None else LinkRef(Purpose(purpose), row["link_id"]),
    )


def _seed_row(seed: Seed | None) -> dict[str, Any]:
    code = seed if isinstance(seed, CodeSeed) else None
    kind, subject = _seed_subject(seed)
    return {
        "seed_kind": kind,
        "seed_subject": subject,
        "seed_key_id": seed and seed.key_id,
        "seed_nonce": seed and seed.nonce,
        "seed_address": code and code.address,
        "seed_counter": code and code.counter,
    }


def _seed_subject(seed: Seed | None) -> tuple[str, str] | tuple[None, None]:
    match seed:
        case None:
            return None, None
        case CodeSeed():
            return "code", seed.challenge_id
        case PasswordSeed():
            return "password", seed.account_id


def _seed_from(row: Row) -> Seed | None:
    match row["seed_kind"]:
        case None:
            return None
        case "password":
            return PasswordSeed(row["seed_subject"], row["seed_key_id"], row["seed_nonce"])
        case _:
            return CodeSeed(
                challenge_id=row["seed_subject"],
                key_id=row["seed_key_id"],
                nonce=row["seed_nonce"],
                address=row["seed_address"],
                counter=row["seed_counter"],
            )
