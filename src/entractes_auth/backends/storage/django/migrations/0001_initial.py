"""The first schema, as `makemigrations` wrote it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import migrations, models

from entractes_auth.backends.storage.django import columns


class Migration(migrations.Migration):
    initial = True

    dependencies: ClassVar[Sequence[tuple[str, str]]] = []

    operations: ClassVar[Sequence[Any]] = [
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", columns.KeyField(primary_key=True, serialize=False)),
                ("version", models.IntegerField()),
                ("state", models.TextField()),
                ("identifier", columns.KeyField()),
                ("registration_id", columns.KeyField()),
                ("kind", models.TextField()),
                ("locale", models.TextField()),
                ("first_name", models.TextField()),
                ("last_name", models.TextField()),
                ("email", models.TextField()),
                ("email_key", columns.KeyField()),
                ("mobile", models.TextField()),
                ("professional_number", columns.KeyField(null=True)),
                ("structure_number", columns.KeyField(null=True)),
                ("credential_serial", models.TextField()),
                ("credential_hash", models.TextField()),
                ("credential_key_id", models.TextField()),
                ("credential_changed_at", columns.InstantField()),
                ("created_at", columns.InstantField()),
                ("updated_at", columns.InstantField()),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(fields=["professional_number"], name="auth_account_professional"),
                    models.Index(fields=["structure_number"], name="auth_account_structure"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("identifier",), name="entractes_auth_account_identifier_key"
                    ),
                    models.UniqueConstraint(
                        fields=("registration_id",), name="entractes_auth_account_registration_id_key"
                    ),
                    models.UniqueConstraint(
                        fields=("email_key",), name="entractes_auth_account_email_key_key"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Budget",
            fields=[
                ("name", columns.KeyField()),
                ("subject", columns.NonceField(primary_key=True, serialize=False)),
                ("started_at", columns.InstantField()),
                ("hits", models.IntegerField()),
            ],
            options={"indexes": [models.Index(fields=["name", "started_at"], name="auth_budget_started")]},
        ),
        migrations.CreateModel(
            name="Challenge",
            fields=[
                ("id", columns.KeyField(primary_key=True, serialize=False)),
                ("purpose", models.TextField()),
                ("subject_id", models.TextField()),
                ("binding", models.TextField()),
                ("key_id", models.TextField(null=True)),
                ("nonce", columns.NonceField(null=True)),
                ("channel", models.TextField(null=True)),
                ("address", models.TextField(null=True)),
                ("counter", models.IntegerField()),
                ("sent_at", columns.InstantField(null=True)),
                ("code_expires_at", columns.InstantField(null=True)),
                ("attempts_left", models.IntegerField()),
                ("created_at", columns.InstantField()),
                ("expires_at", columns.InstantField()),
                ("ended_at", columns.InstantField(null=True)),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(fields=["expires_at"], name="auth_challenge_expires"),
                    models.Index(
                        condition=models.Q(("nonce__isnull", False)),
                        fields=["expires_at"],
                        name="auth_challenge_with_nonce",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", columns.KeyField(primary_key=True, serialize=False)),
                ("at", columns.InstantField()),
                ("what", models.TextField()),
                ("subject_id", columns.KeyField()),
                ("actor", models.TextField()),
                ("actor_id", models.TextField()),
                ("details", models.JSONField()),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(fields=["at", "id"], name="auth_event_at"),
                    models.Index(fields=["subject_id", "at", "id"], name="auth_event_subject"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", columns.KeyField(primary_key=True, serialize=False)),
                ("template", models.TextField()),
                ("channel", models.TextField()),
                ("address", models.TextField()),
                ("locale", models.TextField()),
                ("created_at", columns.InstantField()),
                ("deadline", columns.InstantField()),
                ("topic", columns.KeyField()),
                ("params", models.JSONField()),
                ("link_purpose", models.TextField(null=True)),
                ("link_id", models.TextField(null=True)),
                ("seed_kind", models.TextField(null=True)),
                ("seed_subject", models.TextField(null=True)),
                ("seed_key_id", models.TextField(null=True)),
                ("seed_nonce", columns.NonceField(null=True)),
                ("seed_address", models.TextField(null=True)),
                ("seed_counter", models.IntegerField(null=True)),
                ("state", columns.KeyField()),
                ("reason", models.TextField()),
                ("tries", models.IntegerField()),
                ("next_try_at", columns.InstantField()),
                ("lease_token", models.TextField(null=True)),
                ("leased_until", columns.InstantField(null=True)),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(fields=["state", "created_at", "id"], name="auth_message_outbox"),
                    models.Index(fields=["topic"], name="auth_message_topic"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Registration",
            fields=[
                ("id", columns.KeyField(primary_key=True, serialize=False)),
                ("version", models.IntegerField()),
                ("state", columns.KeyField()),
                ("kind", models.TextField()),
                ("locale", models.TextField()),
                ("created_at", columns.InstantField()),
                ("updated_at", columns.InstantField()),
                ("expires_at", columns.InstantField(null=True)),
                ("submitted_at", columns.InstantField(null=True)),
                ("position", columns.InstantField()),
                ("identity", models.JSONField(null=True)),
                ("practice", models.JSONField(null=True)),
                ("care", models.JSONField(null=True)),
                ("contacts", models.JSONField(null=True)),
                ("email_key", columns.KeyField(null=True)),
                ("professional_number", columns.KeyField(null=True)),
                ("structure_number", columns.KeyField(null=True)),
                ("documents", columns.DocumentsField()),
                ("consent_at", columns.InstantField(null=True)),
                ("consent_text_version", models.TextField(null=True)),
                ("to_redo", models.JSONField()),
                ("document_wanted", models.BooleanField()),
                ("answered", models.JSONField()),
                ("question", models.TextField()),
                ("challenge_id", models.TextField(null=True)),
                ("proven_mobile", models.TextField(null=True)),
                ("proven_email", models.TextField(null=True)),
                ("proven_at", columns.InstantField(null=True)),
                ("reviewer_id", columns.KeyField(null=True)),
                ("claim_until", columns.InstantField(null=True)),
                ("notes", models.JSONField()),
                ("account_id", models.TextField(null=True)),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(fields=["email_key"], name="auth_registration_email"),
                    models.Index(fields=["professional_number"], name="auth_registration_professional"),
                    models.Index(fields=["structure_number"], name="auth_registration_structure"),
                    models.Index(fields=["state", "position", "id"], name="auth_registration_queue"),
                    models.Index(
                        condition=models.Q(("reviewer_id__isnull", False)),
                        fields=["reviewer_id", "position", "id"],
                        name="auth_registration_claimed",
                    ),
                    models.Index(
                        condition=models.Q(("expires_at__isnull", False)),
                        fields=["expires_at"],
                        name="auth_registration_expiring",
                    ),
                    models.Index(
                        condition=models.Q(("documents__named", True)),
                        fields=["state", "position", "id"],
                        name="auth_registration_documents",
                    ),
                ],
            },
        ),
    ]
