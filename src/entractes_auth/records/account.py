"""One member: who it is, how it is reached, and the credential that opens the account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from typing_extensions import override

from entractes_auth.records.kinds import AccountState, Channel, Kind, Locale

__all__ = ["Account", "Credential"]


@dataclass(frozen=True, slots=True, repr=False)
class Credential:
    """A password at rest: Argon2id over HMAC(pepper, password), the pepper's key id, and a serial.

    The serial is an id drawn with each new password: a sign-in or a recovery that was
    begun with an earlier password names an earlier serial and ends there.
    """

    serial: str
    hash: str
    key_id: str
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Account:
    """One member. `identifier`, `email` (by its comparison key) and `registration_id` are unique."""

    id: str
    version: int
    state: AccountState
    identifier: str
    registration_id: str
    kind: Kind
    locale: Locale
    first_name: str
    last_name: str
    email: str
    mobile: str
    professional_number: str | None
    structure_number: str | None
    credential: Credential
    created_at: datetime
    updated_at: datetime

    def address(self, channel: Channel) -> str:
        """Where a code for this member goes on this channel."""
        match channel:
            case Channel.SMS:
                return self.mobile
            case Channel.EMAIL:
                return self.email

    @override
    def __repr__(self) -> str:
        return f"Account(id={self.id!r}, version={self.version}, state={self.state.value!r})"
