"""The closed lists that records and rules share."""

from __future__ import annotations

import enum

__all__ = ["AccountState", "Channel", "Kind", "Locale", "MessageState", "Purpose", "State", "Step"]


class State(enum.StrEnum):
    """Where a registration stands. Reviewers act on `IN_REVIEW` only; the last four are ends."""

    DRAFT = "draft"
    SUBMITTED = "submitted"  # waiting for the proof of both contacts
    IN_REVIEW = "in_review"
    NEEDS_INFORMATION = "needs_information"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Kind(enum.StrEnum):
    """The three audiences of the home page."""

    PROFESSIONAL = "professional"  # Professionnel de santé
    ESTABLISHMENT = "establishment"  # Établissement de santé
    SOCIAL_CARE = "social_care"  # Acteur médicosocial


class Step(enum.StrEnum):
    """The wizard's pages, in their order."""

    IDENTITY = "identity"
    PRACTICE = "practice"
    CARE = "care"
    CONTACTS = "contacts"


class Channel(enum.StrEnum):
    """How a message travels."""

    SMS = "sms"
    EMAIL = "email"


class Purpose(enum.StrEnum):
    """What a link or a challenge is good for; a value made for one is refused for every other."""

    RESUME = "resume"  # names a registration
    CONFIRM = "confirm"  # names a challenge, as do the two below
    LOGIN = "login"
    RECOVERY = "recovery"


class Locale(enum.StrEnum):
    """The languages of the texts, French first."""

    FR = "fr"
    EN = "en"


class AccountState(enum.StrEnum):
    """Whether an account may be opened."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


class MessageState(enum.StrEnum):
    """Where a message of the outbox stands; the last three are ends."""

    QUEUED = "queued"
    SENT = "sent"
    DEAD = "dead"  # could not be sent in time, or at all: somebody did not get what they were promised
    WITHDRAWN = "withdrawn"  # became pointless before it was sent: nobody misses it
