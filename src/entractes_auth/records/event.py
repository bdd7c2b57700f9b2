"""One line of the audit trail: what happened to which record, by whom, and the private reason."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

__all__ = ["Actor", "Event", "What"]


class What(enum.StrEnum):
    """Every kind of audit event."""

    REGISTRATION_BEGUN = "registration_begun"
    REGISTRATION_SUBMITTED = "registration_submitted"
    REGISTRATION_AMENDED = "registration_amended"
    REGISTRATION_RESUBMITTED = "registration_resubmitted"
    REGISTRATION_WITHDRAWN = "registration_withdrawn"
    REGISTRATION_EXPIRED = "registration_expired"
    CONTACTS_PROVEN = "contacts_proven"
    CODE_SENT = "code_sent"
    CODE_REFUSED = "code_refused"
    CLAIMED = "claimed"
    RELEASED = "released"
    NOTED = "noted"
    DOCUMENT_SEEN = "document_seen"
    APPROVED = "approved"
    REJECTED = "rejected"
    INFORMATION_REQUESTED = "information_requested"
    PASSWORD_ACCEPTED = "password_accepted"  # noqa: S105 - an event's name
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGNED_IN = "signed_in"
    OWNER_WARNED = "owner_warned"
    RECOVERY_BEGUN = "recovery_begun"
    RECOVERED = "recovered"
    LIMITS_RESET = "limits_reset"
    PURGED = "purged"


class Actor(enum.StrEnum):
    """Who acted: the applicant or member, a reviewer, or the system itself."""

    SUBJECT = "subject"
    REVIEWER = "reviewer"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One audit line. `details` holds names of reasons, steps and channels, ids and counts: never personal
    data, never a secret.

    `subject_id` is a registration's or an account's id, or "" when nobody was meant
    (an unknown identifier). `actor_id` is the reviewer's id where a reviewer acted.
    """

    id: str
    at: datetime
    what: What
    subject_id: str
    actor: Actor
    actor_id: str = ""
    details: Mapping[str, str] = field(default_factory=dict[str, str])
