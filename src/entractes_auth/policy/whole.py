"""All the rules in one value, what must hold between its parts, and the two presets."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from entractes_auth.policy.checks import require
from entractes_auth.policy.limits import LimitPolicy, a_day, in_hours
from entractes_auth.policy.proofs import CodePolicy, CredentialPolicy, DevicePolicy, LinkPolicy
from entractes_auth.policy.registration import DocumentPolicy, MessagePolicy, RegistrationPolicy, ReviewPolicy
from entractes_auth.policy.retention import RetentionPolicy

__all__ = ["Policy"]

_MOST_FAILURES_A_DAY: Final = 100  # NIST SP 800-63B-4, section 3.2.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """All the rules. Build one with `tutorial()` or `hardened()` and change parts by `dataclasses.replace`.

    Raises `PolicyError` (with the dotted name of the value) where a rule makes no sense.
    """

    codes: CodePolicy = field(default_factory=CodePolicy)
    links: LinkPolicy = field(default_factory=LinkPolicy)
    credentials: CredentialPolicy = field(default_factory=CredentialPolicy)
    devices: DevicePolicy = field(default_factory=DevicePolicy)
    limits: LimitPolicy = field(default_factory=LimitPolicy)
    registration: RegistrationPolicy = field(default_factory=RegistrationPolicy)
    documents: DocumentPolicy = field(default_factory=DocumentPolicy)
    review: ReviewPolicy = field(default_factory=ReviewPolicy)
    messages: MessagePolicy = field(default_factory=MessagePolicy)
    retention: RetentionPolicy = field(default_factory=RetentionPolicy)
    captcha: bool = True
    runs: int = 5  # of one flow at most, while its commits lose to concurrent changes

    def __post_init__(self) -> None:
        require(1 <= self.runs <= 20, "runs", "must be 1 to 20")
        per_day = self.limits.code_attempts_per_subject
        require(
            per_day.amount >= self.codes.attempts,
            "limits.code_attempts_per_subject",
            "is below codes.attempts: no challenge could be used up",
        )
        require(
            per_day.amount * timedelta(days=1) <= _MOST_FAILURES_A_DAY * per_day.per,
            "limits.code_attempts_per_subject",
            f"is above {_MOST_FAILURES_A_DAY} a day: a short code would be guessed",
        )
        for name in ("confirm_lifetime", "recovery_lifetime", "login_lifetime"):
            lifetime: timedelta = getattr(self.links, name)
            require(lifetime >= self.codes.lifetime, f"links.{name}", "the code would outlive its link")
        require(
            self.credentials.password_digits > self.codes.digits or self.credentials.password_digits >= 8,
            "credentials.password_digits",
            "must be longer than a code, or 8 at least: a short one must not be mistaken for the other",
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
                code_attempts_per_subject=a_day(9), password_attempts_per_identifier=in_hours(4, 5)
            ),
            registration=RegistrationPolicy(accept_adeli=False),
        )
