"""The tables: a typed column for whatever is queried or guarded, JSON for what is only carried.

They belong to the store: read them where you must, but write by the flows, which guard every
step and leave a line in the audit trail. Secrets are absent: of a code or a password the tables
hold at most the nonce that it is derived from, and only while it may still be needed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Index, Q, UniqueConstraint
from typing_extensions import override

from entractes_auth.backends.storage.django.columns import DocumentsField, InstantField, KeyField, NonceField

__all__ = ["Account", "Budget", "Challenge", "Event", "Message", "Registration"]


class _Named(models.Model):
    """A row is named by its id: what stands in the other columns is personal."""

    id: models.Field[str, str] = KeyField(primary_key=True)

    class Meta:
        abstract = True

    @override
    def __str__(self) -> str:
        return self.id


class Registration(_Named):
    """`position` orders the operators' queue; the columns after `contacts` are read out of the pages."""

    version: models.Field[int, int] = models.IntegerField()
    state: models.Field[str, str] = KeyField()
    kind: models.Field[str, str] = models.TextField()
    locale: models.Field[str, str] = models.TextField()
    created_at: models.Field[datetime, datetime] = InstantField()
    updated_at: models.Field[datetime, datetime] = InstantField()
    expires_at: models.Field[datetime | None, datetime | None] = InstantField(null=True)
    submitted_at: models.Field[datetime | None, datetime | None] = InstantField(null=True)
    position: models.Field[datetime, datetime] = InstantField()
    identity: models.Field[Any, Any] = models.JSONField(null=True)
    practice: models.Field[Any, Any] = models.JSONField(null=True)
    care: models.Field[Any, Any] = models.JSONField(null=True)
    contacts: models.Field[Any, Any] = models.JSONField(null=True)
    email_key: models.Field[str | None, str | None] = KeyField(null=True)
    professional_number: models.Field[str | None, str | None] = KeyField(null=True)
    structure_number: models.Field[str | None, str | None] = KeyField(null=True)
    documents: models.Field[Any, Any] = DocumentsField()
    consent_at: models.Field[datetime | None, datetime | None] = InstantField(null=True)
    consent_text_version: models.Field[str | None, str | None] = models.TextField(null=True)
    to_redo: models.Field[Any, Any] = models.JSONField()
    document_wanted: models.Field[bool, bool] = models.BooleanField()
    answered: models.Field[Any, Any] = models.JSONField()
    question: models.Field[str, str] = models.TextField()
    challenge_id: models.Field[str | None, str | None] = models.TextField(null=True)
    proven_mobile: models.Field[str | None, str | None] = models.TextField(null=True)
    proven_email: models.Field[str | None, str | None] = models.TextField(null=True)
    proven_at: models.Field[datetime | None, datetime | None] = InstantField(null=True)
    reviewer_id: models.Field[str | None, str | None] = KeyField(null=True)
    claim_until: models.Field[datetime | None, datetime | None] = InstantField(null=True)
    notes: models.Field[Any, Any] = models.JSONField()
    account_id: models.Field[str | None, str | None] = models.TextField(null=True)

    objects: ClassVar[models.Manager[Registration]] = models.Manager()

    class Meta(_Named.Meta):
        indexes: ClassVar[list[Index]] = [
            Index(fields=["email_key"], name="auth_registration_email"),
            Index(fields=["professional_number"], name="auth_registration_professional"),
            Index(fields=["structure_number"], name="auth_registration_structure"),
            Index(fields=["state", "position", "id"], name="auth_registration_queue"),
            # None by position alone: PostgreSQL would walk it for one state's page, over everybody who came
            # before. And three of few rows, however many members there are.
            Index(
                fields=["reviewer_id", "position", "id"],
                condition=Q(reviewer_id__isnull=False),
                name="auth_registration_claimed",
            ),
            Index(
                fields=["expires_at"],
                condition=Q(expires_at__isnull=False),
                name="auth_registration_expiring",
            ),
            Index(
                fields=["state", "position", "id"],
                condition=Q(documents__named=True),
                name="auth_registration_documents",
            ),
        ]


class Account(_Named):
    """`email_key` is `contacts.email_key` of `email`: one account to an address, however it is spelt."""

    version: models.Field[int, int] = models.IntegerField()
    state: models.Field[str, str] = models.TextField()
    identifier: models.Field[str, str] = KeyField()
    registration_id: models.Field[str, str] = KeyField()
    kind: models.Field[str, str] = models.TextField()
    locale: models.Field[str, str] = models.TextField()
    first_name: models.Field[str, str] = models.TextField()
    last_name: models.Field[str, str] = models.TextField()
    email: models.Field[str, str] = models.TextField()
    email_key: models.Field[str, str] = KeyField()
    mobile: models.Field[str, str] = models.TextField()
    professional_number: models.Field[str | None, str | None] = KeyField(null=True)
    structure_number: models.Field[str | None, str | None] = KeyField(null=True)
    credential_serial: models.Field[str, str] = models.TextField()
    credential_hash: models.Field[str, str] = models.TextField()
    credential_key_id: models.Field[str, str] = models.TextField()
    credential_changed_at: models.Field[datetime, datetime] = InstantField()
    created_at: models.Field[datetime, datetime] = InstantField()
    updated_at: models.Field[datetime, datetime] = InstantField()

    objects: ClassVar[models.Manager[Account]] = models.Manager()

    class Meta(_Named.Meta):
        # Errors name the constraint that was violated: `refusals` reads these names.
        constraints: ClassVar[list[models.BaseConstraint]] = [
            UniqueConstraint(fields=["identifier"], name="entractes_auth_account_identifier_key"),
            UniqueConstraint(fields=["registration_id"], name="entractes_auth_account_registration_id_key"),
            UniqueConstraint(fields=["email_key"], name="entractes_auth_account_email_key_key"),
        ]
        indexes: ClassVar[list[Index]] = [
            Index(fields=["professional_number"], name="auth_account_professional"),
            Index(fields=["structure_number"], name="auth_account_structure"),
        ]


class Challenge(_Named):
    """`counter` 0: nothing was sent yet. `nonce` is NULL before, and again once it is of no use."""

    purpose: models.Field[str, str] = models.TextField()
    subject_id: models.Field[str, str] = models.TextField()
    binding: models.Field[str, str] = models.TextField()
    key_id: models.Field[str | None, str | None] = models.TextField(null=True)
    nonce: models.Field[bytes | None, bytes | None] = NonceField(null=True)
    channel: models.Field[str | None, str | None] = models.TextField(null=True)
    address: models.Field[str | None, str | None] = models.TextField(null=True)
    counter: models.Field[int, int] = models.IntegerField()
    sent_at: models.Field[datetime | None, datetime | None] = InstantField(null=True)
    code_expires_at: models.Field[datetime | None, datetime | None] = InstantField(null=True)
    attempts_left: models.Field[int, int] = models.IntegerField()
    created_at: models.Field[datetime, datetime] = InstantField()
    expires_at: models.Field[datetime, datetime] = InstantField()
    ended_at: models.Field[datetime | None, datetime | None] = InstantField(null=True)

    objects: ClassVar[models.Manager[Challenge]] = models.Manager()

    class Meta(_Named.Meta):
        indexes: ClassVar[list[Index]] = [
            Index(fields=["expires_at"], name="auth_challenge_expires"),
            # What `purge` looks at: few rows, however old the table is.
            Index(fields=["expires_at"], condition=Q(nonce__isnull=False), name="auth_challenge_with_nonce"),
        ]


class Message(_Named):
    """The `seed_` columns are NULL for a message without a secret, and once it is sent, dead or withdrawn."""

    template: models.Field[str, str] = models.TextField()
    channel: models.Field[str, str] = models.TextField()
    address: models.Field[str, str] = models.TextField()
    locale: models.Field[str, str] = models.TextField()
    created_at: models.Field[datetime, datetime] = InstantField()
    deadline: models.Field[datetime, datetime] = InstantField()
    topic: models.Field[str, str] = KeyField()
    params: models.Field[Any, Any] = models.JSONField()
    link_purpose: models.Field[str | None, str | None] = models.TextField(null=True)
    link_id: models.Field[str | None, str | None] = models.TextField(null=True)
    seed_kind: models.Field[str | None, str | None] = models.TextField(null=True)
    seed_subject: models.Field[str | None, str | None] = models.TextField(null=True)
    seed_key_id: models.Field[str | None, str | None] = models.TextField(null=True)
    seed_nonce: models.Field[bytes | None, bytes | None] = NonceField(null=True)
    seed_address: models.Field[str | None, str | None] = models.TextField(null=True)
    seed_counter: models.Field[int | None, int | None] = models.IntegerField(null=True)
    state: models.Field[str, str] = KeyField()
    reason: models.Field[str, str] = models.TextField()
    tries: models.Field[int, int] = models.IntegerField()
    next_try_at: models.Field[datetime, datetime] = InstantField()
    lease_token: models.Field[str | None, str | None] = models.TextField(null=True)
    leased_until: models.Field[datetime | None, datetime | None] = InstantField(null=True)

    objects: ClassVar[models.Manager[Message]] = models.Manager()

    class Meta(_Named.Meta):
        indexes: ClassVar[list[Index]] = [
            Index(fields=["state", "created_at", "id"], name="auth_message_outbox"),
            Index(fields=["topic"], name="auth_message_topic"),
        ]


class Event(_Named):
    """The audit trail: rows are added, never changed."""

    at: models.Field[datetime, datetime] = InstantField()
    what: models.Field[str, str] = models.TextField()
    subject_id: models.Field[str, str] = KeyField()
    actor: models.Field[str, str] = models.TextField()
    actor_id: models.Field[str, str] = models.TextField()
    details: models.Field[Any, Any] = models.JSONField()

    objects: ClassVar[models.Manager[Event]] = models.Manager()

    class Meta(_Named.Meta):
        indexes: ClassVar[list[Index]] = [
            Index(fields=["at", "id"], name="auth_event_at"),
            Index(fields=["subject_id", "at", "id"], name="auth_event_subject"),
        ]


class Budget(models.Model):
    """`subject` is a keyed digest, of the budget's name too: the table knows neither phones nor addresses."""

    name: models.Field[str, str] = KeyField()
    subject: models.Field[bytes, bytes] = NonceField(primary_key=True)
    started_at: models.Field[datetime, datetime] = InstantField()
    hits: models.Field[int, int] = models.IntegerField()

    objects: ClassVar[models.Manager[Budget]] = models.Manager()

    class Meta:
        indexes: ClassVar[list[Index]] = [Index(fields=["name", "started_at"], name="auth_budget_started")]

    @override
    def __str__(self) -> str:
        return self.name
