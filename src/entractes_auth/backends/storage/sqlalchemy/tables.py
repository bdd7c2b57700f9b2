"""The tables: a typed column for whatever is queried or guarded, JSON for what is only carried.

Instants are `Instant`, secrets are absent: of a code or a password the tables hold at most the
nonce that it is derived from, and only while it may still be needed.
The migrations build the same tables; a test compares the two.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, Column, Index, LargeBinary, MetaData, Named, String, Table, TypedColumns, text
from sqlalchemy.dialects.postgresql import JSONB

from entractes_auth.backends.storage.sqlalchemy.instants import Instant

__all__ = [
    "NAMES_DOCUMENTS",
    "accounts",
    "budgets",
    "challenges",
    "events",
    "messages",
    "metadata",
    "registrations",
]

metadata: Final = MetaData(
    # Errors name the constraint that was violated: `errors` reads these names.
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

# What is looked up, ordered by or unique. Compared by its bytes on PostgreSQL too: quicker, and an
# upgrade of the operating system, which changes how languages sort, cannot break an index.
_Key: Final = String().with_variant(String(collation="C"), "postgresql")
_Json: Final[JSON[Any]] = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class _Registrations(TypedColumns):
    """`position` orders the operators' queue; the columns after `contacts` are read out of the pages."""

    id: Named[str] = Column(_Key, primary_key=True)
    version: Named[int]
    state: Named[str] = Column(_Key)
    kind: Named[str]
    locale: Named[str]
    created_at: Named[datetime] = Column(Instant)
    updated_at: Named[datetime] = Column(Instant)
    expires_at: Named[datetime | None] = Column(Instant)
    submitted_at: Named[datetime | None] = Column(Instant)
    position: Named[datetime] = Column(Instant)
    identity: Named[dict[str, Any] | None] = Column(_Json)
    practice: Named[dict[str, Any] | None] = Column(_Json)
    care: Named[dict[str, Any] | None] = Column(_Json)
    contacts: Named[dict[str, Any] | None] = Column(_Json)
    email_key: Named[str | None] = Column(_Key, index=True)
    professional_number: Named[str | None] = Column(_Key, index=True)
    structure_number: Named[str | None] = Column(_Key, index=True)
    documents: Named[list[Any]] = Column(_Json)
    consent_at: Named[datetime | None] = Column(Instant)
    consent_text_version: Named[str | None]
    to_redo: Named[list[Any]] = Column(_Json)
    document_wanted: Named[bool]
    answered: Named[list[Any]] = Column(_Json)
    question: Named[str]
    challenge_id: Named[str | None]
    proven_mobile: Named[str | None]
    proven_email: Named[str | None]
    proven_at: Named[datetime | None] = Column(Instant)
    reviewer_id: Named[str | None] = Column(_Key)
    claim_until: Named[datetime | None] = Column(Instant)
    notes: Named[list[Any]] = Column(_Json)
    account_id: Named[str | None]


class _Accounts(TypedColumns):
    """`email_key` is `contacts.email_key` of `email`: one account to an address, however it is spelt."""

    id: Named[str] = Column(_Key, primary_key=True)
    version: Named[int]
    state: Named[str]
    identifier: Named[str] = Column(_Key, unique=True)
    registration_id: Named[str] = Column(_Key, unique=True)
    kind: Named[str]
    locale: Named[str]
    first_name: Named[str]
    last_name: Named[str]
    email: Named[str]
    email_key: Named[str] = Column(_Key, unique=True)
    mobile: Named[str]
    professional_number: Named[str | None] = Column(_Key, index=True)
    structure_number: Named[str | None] = Column(_Key, index=True)
    credential_serial: Named[str]
    credential_hash: Named[str]
    credential_key_id: Named[str]
    credential_changed_at: Named[datetime] = Column(Instant)
    created_at: Named[datetime] = Column(Instant)
    updated_at: Named[datetime] = Column(Instant)


class _Challenges(TypedColumns):
    """`counter` 0: nothing was sent yet. `nonce` is NULL before, and again once it is of no use."""

    id: Named[str] = Column(_Key, primary_key=True)
    purpose: Named[str]
    subject_id: Named[str]
    binding: Named[str]
    key_id: Named[str | None]
    nonce: Named[bytes | None] = Column(LargeBinary)
    channel: Named[str | None]
    address: Named[str | None]
    counter: Named[int]
    sent_at: Named[datetime | None] = Column(Instant)
    code_expires_at: Named[datetime | None] = Column(Instant)
    attempts_left: Named[int]
    created_at: Named[datetime] = Column(Instant)
    expires_at: Named[datetime] = Column(Instant)
    ended_at: Named[datetime | None] = Column(Instant)


class _Messages(TypedColumns):
    """The `seed_` columns are NULL for a message without a secret, and once it is sent, dead or withdrawn."""

    id: Named[str] = Column(_Key, primary_key=True)
    template: Named[str]
    channel: Named[str]
    address: Named[str]
    locale: Named[str]
    created_at: Named[datetime] = Column(Instant)
    deadline: Named[datetime] = Column(Instant)
    topic: Named[str] = Column(_Key)
    params: Named[dict[str, Any]] = Column(_Json)
    link_purpose: Named[str | None]
    link_id: Named[str | None]
    seed_kind: Named[str | None]
    seed_subject: Named[str | None]
    seed_key_id: Named[str | None]
    seed_nonce: Named[bytes | None] = Column(LargeBinary)
    seed_address: Named[str | None]
    seed_counter: Named[int | None]
    state: Named[str] = Column(_Key)
    reason: Named[str]
    tries: Named[int]
    next_try_at: Named[datetime] = Column(Instant)
    lease_token: Named[str | None]
    leased_until: Named[datetime | None] = Column(Instant)


class _Events(TypedColumns):
    """The audit trail: rows are added, never changed."""

    id: Named[str] = Column(_Key, primary_key=True)
    at: Named[datetime] = Column(Instant)
    what: Named[str]
    subject_id: Named[str] = Column(_Key)
    actor: Named[str]
    actor_id: Named[str]
    details: Named[dict[str, Any]] = Column(_Json)


class _Budgets(TypedColumns):
    """`subject` is a keyed digest: the table counts tries, and knows neither phones nor addresses."""

    name: Named[str] = Column(_Key, primary_key=True)
    subject: Named[bytes] = Column(LargeBinary, primary_key=True)
    started_at: Named[datetime] = Column(Instant)
    hits: Named[int]


registrations: Final = Table("registrations", metadata, _Registrations)
accounts: Final = Table("accounts", metadata, _Accounts)
challenges: Final = Table("challenges", metadata, _Challenges, sqlite_with_rowid=False)
messages: Final = Table("messages", metadata, _Messages, sqlite_with_rowid=False)
events: Final = Table("events", metadata, _Events, sqlite_with_rowid=False)
budgets: Final = Table("budgets", metadata, _Budgets)

Index(None, registrations.c.state, registrations.c.position, registrations.c.id)
# None by position alone: PostgreSQL would walk it for one state's page, over everybody who came before.
Index(
    "ix_registrations_claimed",  # few rows: those that a reviewer has taken, and not decided yet
    registrations.c.reviewer_id,
    registrations.c.position,
    registrations.c.id,
    sqlite_where=registrations.c.reviewer_id.is_not(None),
    postgresql_where=registrations.c.reviewer_id.is_not(None),
)
Index(
    "ix_registrations_expiring",  # few rows: nobody's whom a human keeps waiting, and no member's
    registrations.c.expires_at,
    sqlite_where=registrations.c.expires_at.is_not(None),
    postgresql_where=registrations.c.expires_at.is_not(None),
)
NAMES_DOCUMENTS: Final = text("documents <> '[]'")
"""What a registration that names a document fulfils, in the very words of its index: another wording, or a
parameter, would not use it."""
Index(
    "ix_registrations_with_documents",  # few rows, however many members there are
    registrations.c.state,
    registrations.c.position,
    registrations.c.id,
    sqlite_where=NAMES_DOCUMENTS,
    postgresql_where=NAMES_DOCUMENTS,
)
Index(None, challenges.c.expires_at)
Index(
    "ix_challenges_with_nonce",  # what `purge` looks at: few rows, however old the table is
    challenges.c.expires_at,
    sqlite_where=challenges.c.nonce.is_not(None),
    postgresql_where=challenges.c.nonce.is_not(None),
)
Index(None, messages.c.state, messages.c.created_at, messages.c.id)
Index(None, messages.c.topic)
Index(None, events.c.at, events.c.id)
Index(None, events.c.subject_id, events.c.at, events.c.id)
Index(None, budgets.c.name, budgets.c.started_at)
