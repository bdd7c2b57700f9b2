"""0001: the first schema.

Revision ID: 0001
"""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from entractes_auth.backends.storage.sqlalchemy.instants import Instant

revision: Final = "0001"
down_revision: Final = None


def upgrade() -> None:
    """Create every table."""
    _accounts()
    _budgets()
    _challenges()
    _events()
    _messages()
    _registrations()
    _registrations_indexes()


def _key() -> sa.String:
    return sa.String().with_variant(sa.String(collation="C"), "postgresql")


def _json() -> sa.JSON[Any]:
    return sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", _key(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("identifier", _key(), nullable=False),
        sa.Column("registration_id", _key(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("first_name", sa.String(), nullable=False),
        sa.Column("last_name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("email_key", _key(), nullable=False),
        sa.Column("mobile", sa.String(), nullable=False),
        sa.Column("professional_number", _key(), nullable=True),
        sa.Column("structure_number", _key(), nullable=True),
        sa.Column("credential_serial", sa.String(), nullable=False),
        sa.Column("credential_hash", sa.String(), nullable=False),
        sa.Column("credential_key_id", sa.String(), nullable=False),
        sa.Column("credential_changed_at", Instant(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("email_key", name="uq_accounts_email_key"),
        sa.UniqueConstraint("identifier", name="uq_accounts_identifier"),
        sa.UniqueConstraint("registration_id", name="uq_accounts_registration_id"),
    )
    op.create_index("ix_accounts_professional_number", "accounts", ["professional_number"])
    op.create_index("ix_accounts_structure_number", "accounts", ["structure_number"])


def _budgets() -> None:
    op.create_table(
        "budgets",
        sa.Column("name", _key(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", "subject", name="pk_budgets"),
    )
    op.create_index("ix_budgets_name_started_at", "budgets", ["name", "started_at"])


def _challenges() -> None:
    op.create_table(
        "challenges",
        sa.Column("id", _key(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("binding", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=True),
        sa.Column("nonce", sa.LargeBinary(), nullable=True),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("code_expires_at", Instant(), nullable=True),
        sa.Column("attempts_left", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_challenges"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_challenges_expires_at", "challenges", ["expires_at"])
    held = sa.text("nonce IS NOT NULL")
    op.create_index(
        "ix_challenges_with_nonce", "challenges", ["expires_at"], sqlite_where=held, postgresql_where=held
    )


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("id", _key(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("subject_id", _key(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.Column("details", _json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_events_at_id", "events", ["at", "id"])
    op.create_index("ix_events_subject_id_at_id", "events", ["subject_id", "at", "id"])


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", _key(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("deadline", Instant(), nullable=False),
        sa.Column("topic", _key(), nullable=False),
        sa.Column("params", _json(), nullable=False),
        sa.Column("link_purpose", sa.String(), nullable=True),
        sa.Column("link_id", sa.String(), nullable=True),
        sa.Column("seed_kind", sa.String(), nullable=True),
        sa.Column("seed_subject", sa.String(), nullable=True),
        sa.Column("seed_key_id", sa.String(), nullable=True),
        sa.Column("seed_nonce", sa.LargeBinary(), nullable=True),
        sa.Column("seed_address", sa.String(), nullable=True),
        sa.Column("seed_counter", sa.Integer(), nullable=True),
        sa.Column("state", _key(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", Instant(), nullable=False),
        sa.Column("lease_token", sa.String(), nullable=True),
        sa.Column("leased_until", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_messages_state_created_at_id", "messages", ["state", "created_at", "id"])
    op.create_index("ix_messages_topic", "messages", ["topic"])


def _registrations() -> None:
    op.create_table(
        "registrations",
        sa.Column("id", _key(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", _key(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.Column("submitted_at", Instant(), nullable=True),
        sa.Column("position", Instant(), nullable=False),
        sa.Column("identity", _json(), nullable=True),
        sa.Column("practice", _json(), nullable=True),
        sa.Column("care", _json(), nullable=True),
        sa.Column("contacts", _json(), nullable=True),
        sa.Column("email_key", _key(), nullable=True),
        sa.Column("professional_number", _key(), nullable=True),
        sa.Column("structure_number", _key(), nullable=True),
        sa.Column("documents", _json(), nullable=False),
        sa.Column("consent_at", Instant(), nullable=True),
        sa.Column("consent_text_version", sa.String(), nullable=True),
        sa.Column("to_redo", _json(), nullable=False),
        sa.Column("document_wanted", sa.Boolean(), nullable=False),
        sa.Column("answered", _json(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("challenge_id", sa.String(), nullable=True),
        sa.Column("proven_mobile", sa.String(), nullable=True),
        sa.Column("proven_email", sa.String(), nullable=True),
        sa.Column("proven_at", Instant(), nullable=True),
        sa.Column("reviewer_id", _key(), nullable=True),
        sa.Column("claim_until", Instant(), nullable=True),
        sa.Column("notes", _json(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_registrations"),
    )


def _registrations_indexes() -> None:
    op.create_index("ix_registrations_email_key", "registrations", ["email_key"])
    op.create_index("ix_registrations_professional_number", "registrations", ["professional_number"])
    op.create_index("ix_registrations_state_position_id", "registrations", ["state", "position", "id"])
    op.create_index("ix_registrations_structure_number", "registrations", ["structure_number"])
    _some_registrations(
        "ix_registrations_claimed", ["reviewer_id", "position", "id"], "reviewer_id IS NOT NULL"
    )
    _some_registrations("ix_registrations_expiring", ["expires_at"], "expires_at IS NOT NULL")
    _some_registrations("ix_registrations_with_documents", ["state", "position", "id"], "documents <> '[]'")


def _some_registrations(name: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, "registrations", columns, sqlite_where=where, postgresql_where=where)
