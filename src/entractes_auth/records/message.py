"""One line of the outbox: what to say to whom, and how to derive the secret that it carries.

No secret is stored: a code, a password and a link are derived when the message is rendered,
from a nonce (erased on delivery, on withdrawal and on death) and a key that the row only names.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from typing_extensions import override

from entractes_auth.records.kinds import Channel, Locale, Purpose

__all__ = ["CodeSeed", "Leased", "LinkRef", "Message", "Outgoing", "PasswordSeed", "Seed", "Template"]


class Template(enum.StrEnum):
    """Every message there is; `texts` has each in French and English."""

    CONFIRM_LINK = "confirm_link"  # e-mail: the link, the phone masked
    CONFIRM_CODE = "confirm_code"  # SMS
    INFORMATION_WANTED = "information_wanted"  # e-mail: the operator's question, the resume link
    REJECTED = "rejected"  # e-mail: the operator's reason
    IDENTIFIER_ISSUED = "identifier_issued"
    PASSWORD_ISSUED = "password_issued"  # noqa: S105 - a template's name
    LOGIN_CODE = "login_code"
    CODES_REFUSED = "codes_refused"  # e-mail: wrong codes after the right password
    RECOVERY_LINK = "recovery_link"  # e-mail
    RECOVERY_CODE = "recovery_code"  # SMS
    RECOVERY_NO_ACCOUNT = "recovery_no_account"  # e-mail: nobody has an account with this address
    RECOVERY_PENDING = "recovery_pending"  # e-mail: the registration is not decided yet
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - e-mail: notice after a recovery


@dataclass(frozen=True, slots=True, repr=False)
class CodeSeed:
    """What a code is derived from: the same values as in the challenge at this counter."""

    challenge_id: str
    key_id: str
    nonce: bytes
    address: str
    counter: int


@dataclass(frozen=True, slots=True, repr=False)
class PasswordSeed:
    """What an issued password is derived from."""

    account_id: str
    key_id: str
    nonce: bytes


Seed = CodeSeed | PasswordSeed


@dataclass(frozen=True, slots=True)
class LinkRef:
    """Which link to write into the message: it is sealed anew at rendering, with the active key."""

    purpose: Purpose
    id: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Message:
    """One message. `id` is stable over retries: it is the idempotency key.

    `topic` groups what can become pointless together (a challenge's id): a commit that
    withdraws the topic ends what is still queued under it. Nothing is sent after `deadline`.
    """

    id: str
    template: Template
    channel: Channel
    address: str
    locale: Locale
    created_at: datetime
    deadline: datetime
    topic: str = ""
    params: Mapping[str, str] = field(default_factory=dict[str, str])
    seed: Seed | None = None
    link: LinkRef | None = None

    @override
    def __repr__(self) -> str:
        return f"Message(id={self.id!r}, template={self.template.value!r}, channel={self.channel.value!r})"


@dataclass(frozen=True, slots=True)
class Leased:
    """A message in a relay's hands until the lease ends; `tries` counts this one."""

    message: Message
    token: str
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A rendered message. It holds secrets and an address: `repr` shows neither.

    `id` is stable over retries; a carrier that takes an idempotency key should be given it.
    SMS have `text` only; e-mails have `subject`, `text` and `html`.
    """

    id: str
    channel: Channel
    locale: Locale
    to: str = field(repr=False)
    text: str = field(repr=False)
    subject: str = field(default="", repr=False)
    html: str = field(default="", repr=False)
