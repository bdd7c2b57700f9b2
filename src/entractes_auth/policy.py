"""The host's rules as one frozen value, made of small parts; two presets to start from.

`Policy.tutorial()` serves what the platform's tutorial shows: 4-digit codes, 5-digit
identifiers, 6-digit passwords. `Policy.hardened()` is one word away and follows the figures
that are cited beside each value. A policy that contradicts itself is refused when it is
built, with the dotted name of the value: no request ever meets it.

Sources cited below: NIST SP 800-63B-4 (2025); CNIL, délibération 2022-100; ANSSI PG-078
v2.0 (2021); RFC 9106 (Argon2) section 4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from entractes_auth.errors import PolicyError
from entractes_auth.records.kinds import Channel

__all__ = [
    "Budget",
    "CodePolicy",
    "CredentialPolicy",
    "DocumentPolicy",
    "HashPolicy",
    "LimitPolicy",
    "LinkPolicy",
    "MessagePolicy",
    "Policy",
    "RegistrationPolicy",
    "ReviewPolicy",
]


def _require(holds: bool, name: str, what: str) -> None:
    if not holds:
        raise PolicyError(name, what)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePolicy:
    """One-time codes. `digits` 4 to 9, `attempts` 1 to 10 on one challenge, whatever is sent again.

    The product of attempts and 10**-digits is what a blind guesser gets: at most 1 in 1,000 is allowed.
    """

    digits: int = 6  # 20 bits: NIST SP 800-63B-4, section 3.1.3.2
    attempts: int = 3  # CNIL 2022-100: a lock after 3 for a 4-digit code
    lifetime: timedelta = timedelta(minutes=10)  # NIST SP 800-63B-4, section 3.1.3.2
    sends: int = 4  # messages on one challenge, the first one included
    resend_after: timedelta = timedelta(seconds=30)

    def __post_init__(self) -> None:
        _require(4 <= self.digits <= 9, "codes.digits", "must be 4 to 9")
        _require(1 <= self.attempts <= 10, "codes.attempts", "must be 1 to 10")
        _require(self.attempts * 1000 <= 10**self.digits, "codes.attempts", "too many for so few digits")
        _require(
            timedelta(minutes=1) <= self.lifetime <= timedelta(hours=1),
            "codes.lifetime",
            "1 minute to 1 hour",
        )
        _require(1 <= self.sends <= 10, "codes.sends", "must be 1 to 10")
        _require(
            timedelta(0) <= self.resend_after < self.lifetime,
            "codes.resend_after",
            "must be below the lifetime",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPolicy:
    """How long the challenge behind a link lives; its code ends earlier and may be sent again."""

    confirm_lifetime: timedelta = timedelta(hours=24)
    recovery_lifetime: timedelta = timedelta(minutes=30)
    login_lifetime: timedelta = timedelta(minutes=15)  # from the password to the code

    def __post_init__(self) -> None:
        for name in ("confirm_lifetime", "recovery_lifetime", "login_lifetime"):
            value: timedelta = getattr(self, name)
            _require(
                timedelta(minutes=5) <= value <= timedelta(days=7), f"links.{name}", "5 minutes to 7 days"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class HashPolicy:
    """Argon2id parameters; the defaults are RFC 9106's second recommended set (64 MiB)."""

    time_cost: int = 3
    memory_kib: int = 65536
    parallelism: int = 4

    def __post_init__(self) -> None:
        _require(1 <= self.time_cost <= 20, "credentials.hash.time_cost", "must be 1 to 20")
        _require(1 <= self.parallelism <= 16, "credentials.hash.parallelism", "must be 1 to 16")
        _require(
            8 * self.parallelism <= self.memory_kib <= 4 * 1024 * 1024,
            "credentials.hash.memory_kib",
            "8 per lane to 4 GiB",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialPolicy:
    """Issued identifiers and passwords, in digits, and which channel carries each."""

    identifier_digits: int = 8
    password_digits: int = 12
    identifier_when_full: Literal["widen", "refuse"] = "widen"
    identifier_by: Channel = Channel.EMAIL
    password_by: Channel = Channel.SMS
    password_delivery: timedelta = timedelta(hours=24)  # the message's own deadline
    hash: HashPolicy = field(default_factory=HashPolicy)

    def __post_init__(self) -> None:
        _require(5 <= self.identifier_digits <= 12, "credentials.identifier_digits", "must be 5 to 12")
        _require(6 <= self.password_digits <= 30, "credentials.password_digits", "must be 6 to 30")
        _require(
            timedelta(minutes=10) <= self.password_delivery <= timedelta(days=7),
            "credentials.password_delivery",
            "10 minutes to 7 days",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """At most `amount` hits in each window of `per`, counted from the first hit."""

    amount: int
    per: timedelta

    def __post_init__(self) -> None:
        _require(self.amount >= 1, "limits.amount", "must be at least 1")
        _require(timedelta(seconds=1) <= self.per <= timedelta(days=31), "limits.per", "1 second to 31 days")


def _a_day(amount: int) -> Budget:
    return Budget(amount=amount, per=timedelta(days=1))


def _an_hour(amount: int) -> Budget:
    return Budget(amount=amount, per=timedelta(hours=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitPolicy:
    """Named budgets. What is limited is the subject, never the request; the name is the counter's.

    Each value's reason stands beside it. A network is an IPv4 address or an IPv6 /64.
    """

    # A phone must not be made to ring all day, and each SMS costs money (SMS pumping).
    sms_per_phone: Budget = field(default_factory=lambda: _a_day(10))
    # A mailbox must not be flooded by a stranger who knows its address.
    emails_per_address: Budget = field(default_factory=lambda: _a_day(20))
    # One registration or account, whatever phones and addresses it goes through.
    codes_per_subject: Budget = field(default_factory=lambda: _a_day(12))
    # One network asking for codes for many subjects.
    codes_per_network: Budget = field(default_factory=lambda: _an_hour(60))
    # A new challenge gives new attempts; this many judgements a day hold across all of them.
    code_attempts_per_subject: Budget = field(default_factory=lambda: _a_day(15))
    # Guesses at one identifier's password, known or not; a success clears it. NIST SP 800-63B-4
    # section 3.2.2 allows 100 in a row.
    password_attempts_per_identifier: Budget = field(default_factory=lambda: _a_day(10))
    # One network walking through the identifier space; a success does not clear it.
    password_attempts_per_network: Budget = field(default_factory=lambda: _an_hour(300))
    # One network filling the operators' queue.
    registrations_per_network: Budget = field(default_factory=lambda: _a_day(50))
    # One network uploading files into drafts.
    documents_per_registration: Budget = field(default_factory=lambda: _a_day(20))


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationPolicy:
    """What the wizard asks and how long an abandoned registration is kept.

    `networks` maps the host's own keys to the labels shown ("Réseaux d'appartenance").
    `phone_regions` lists the regions (ISO 3166) whose mobiles may receive codes.
    """

    networks: Mapping[str, str] = field(
        default_factory=lambda: {"none": "Aucun réseau", "other": "Autre réseau"}
    )
    phone_regions: frozenset[str] = frozenset(
        {"FR", "GP", "BL", "MF", "MQ", "GF", "RE", "YT", "PM", "WF", "PF", "NC"}
    )
    accept_adeli: bool = (
        True  # retired register (every profession moved to RPPS by 2024): still on many cards
    )
    accept_test_numbers: bool = False  # RPPS 99..., department 0B: the agency's test identities
    document_required: bool = True
    draft_lifetime: timedelta = timedelta(days=30)
    answer_lifetime: timedelta = timedelta(days=60)  # needs_information
    consent_text_version: str = "2026-11"

    def __post_init__(self) -> None:
        _require(bool(self.networks), "registration.networks", "must offer at least one network")
        _require(bool(self.phone_regions), "registration.phone_regions", "must name at least one region")
        for name in ("draft_lifetime", "answer_lifetime"):
            value: timedelta = getattr(self, name)
            _require(
                timedelta(days=1) <= value <= timedelta(days=366), f"registration.{name}", "1 to 366 days"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPolicy:
    """Supporting documents: size of one, and how many a registration may hold."""

    maximum_bytes: int = 10 * 1024 * 1024
    maximum_count: int = 5

    def __post_init__(self) -> None:
        _require(
            1024 <= self.maximum_bytes <= 100 * 1024 * 1024, "documents.maximum_bytes", "1 KiB to 100 MiB"
        )
        _require(1 <= self.maximum_count <= 20, "documents.maximum_count", "must be 1 to 20")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPolicy:
    """How long a reviewer's claim on a registration holds before another may take it."""

    claim: timedelta = timedelta(minutes=30)

    def __post_init__(self) -> None:
        _require(
            timedelta(minutes=1) <= self.claim <= timedelta(days=2), "review.claim", "1 minute to 2 days"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePolicy:
    """The outbox: how long a relay holds a message, how retries are spaced, when news is old."""

    lease: timedelta = timedelta(minutes=2)
    first_retry: timedelta = timedelta(seconds=5)
    longest_retry: timedelta = timedelta(minutes=15)
    news_deadline: timedelta = timedelta(days=3)  # messages that carry no code: decisions, notices

    def __post_init__(self) -> None:
        _require(
            timedelta(seconds=10) <= self.lease <= timedelta(hours=1),
            "messages.lease",
            "10 seconds to 1 hour",
        )
        _require(
            timedelta(0) < self.first_retry <= self.longest_retry,
            "messages.first_retry",
            "0 to longest_retry",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """All the rules. Build one with `tutorial()` or `hardened()` and change parts by `dataclasses.replace`.

    Raises `PolicyError` (with the dotted name of the value) where a rule makes no sense.
    """

    codes: CodePolicy = field(default_factory=CodePolicy)
    links: LinkPolicy = field(default_factory=LinkPolicy)
    credentials: CredentialPolicy = field(default_factory=CredentialPolicy)
    limits: LimitPolicy = field(default_factory=LimitPolicy)
    registration: RegistrationPolicy = field(default_factory=RegistrationPolicy)
    documents: DocumentPolicy = field(default_factory=DocumentPolicy)
    review: ReviewPolicy = field(default_factory=ReviewPolicy)
    messages: MessagePolicy = field(default_factory=MessagePolicy)
    captcha: bool = True
    runs: int = 5  # how often a flow is run again after a Conflict

    def __post_init__(self) -> None:
        _require(1 <= self.runs <= 20, "runs", "must be 1 to 20")
        per_day = self.limits.code_attempts_per_subject
        _require(
            per_day.amount >= self.codes.attempts,
            "limits.code_attempts_per_subject",
            "is below codes.attempts: no challenge could be used up",
        )
        for name in ("confirm_lifetime", "recovery_lifetime", "login_lifetime"):
            lifetime: timedelta = getattr(self.links, name)
            _require(lifetime >= self.codes.lifetime, f"links.{name}", "the code would outlive its link")
        _require(
            self.credentials.password_digits > self.codes.digits or self.credentials.password_digits >= 8,
            "credentials.password_digits",
            "must be longer than a code: one must not be mistaken for the other",
        )

    @classmethod
    def tutorial(cls) -> Policy:
        """The tutorial's values: below what NIST and the ANSSI recommend, as `docs/policy.md` tells in full."""
        return cls(
            codes=CodePolicy(digits=4),
            credentials=CredentialPolicy(identifier_digits=5, password_digits=6),
        )

    @classmethod
    def hardened(cls) -> Policy:
        """Six-digit codes, 12-digit passwords (40 bits, within MFA), 8-digit identifiers, no ADELI."""
        return cls(
            codes=CodePolicy(digits=6),
            credentials=CredentialPolicy(identifier_digits=8, password_digits=12),
            limits=LimitPolicy(
                code_attempts_per_subject=_a_day(9), password_attempts_per_identifier=_a_day(5)
            ),
            registration=RegistrationPolicy(accept_adeli=False),
        )
