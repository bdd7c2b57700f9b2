"""What opens an account: codes, links, issued credentials, and how passwords are hashed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from entractes_auth.policy.checks import require
from entractes_auth.records.kinds import Channel

__all__ = ["CodePolicy", "CredentialPolicy", "DevicePolicy", "HashPolicy", "LinkPolicy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePolicy:
    """One-time codes. `digits` 4 to 9, `attempts` 1 to 10 on one challenge, whatever is sent again.

    The product of attempts and 10**-digits is what a blind guesser gets: within these bounds, at most
    1 in 1,000 on one challenge.
    """

    digits: int = 6  # 20 bits: NIST SP 800-63B-4, section 3.1.3.2
    attempts: int = 3  # CNIL 2022-100: a lock after 3 for a 4-digit code
    lifetime: timedelta = timedelta(minutes=10)  # NIST SP 800-63B-4, section 3.1.3.2
    sends: int = 4  # messages on one challenge, the first one included
    resend_after: timedelta = timedelta(seconds=30)

    def __post_init__(self) -> None:
        require(4 <= self.digits <= 9, "codes.digits", "must be 4 to 9")
        require(1 <= self.attempts <= 10, "codes.attempts", "must be 1 to 10")
        require(
            timedelta(minutes=1) <= self.lifetime <= timedelta(hours=1),
            "codes.lifetime",
            "1 minute to 1 hour",
        )
        require(1 <= self.sends <= 10, "codes.sends", "must be 1 to 10")
        require(
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
            require(
                timedelta(minutes=5) <= value <= timedelta(days=7), f"links.{name}", "5 minutes to 7 days"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicePolicy:
    """Tokens of devices that signed in before: for how long after the last sign-in, and of how many members.

    `accounts` is how many members one browser remembers, the newest first; each takes about
    100 characters of a cookie.
    """

    lifetime: timedelta = timedelta(days=180)
    accounts: int = 8

    def __post_init__(self) -> None:
        require(
            timedelta(days=1) <= self.lifetime <= timedelta(days=400), "devices.lifetime", "1 to 400 days"
        )
        require(1 <= self.accounts <= 16, "devices.accounts", "must be 1 to 16")


@dataclass(frozen=True, slots=True, kw_only=True)
class HashPolicy:
    """Argon2id parameters; the defaults are RFC 9106's second recommended set (64 MiB)."""

    time_cost: int = 3
    memory_kib: int = 65536
    parallelism: int = 4

    def __post_init__(self) -> None:
        require(1 <= self.time_cost <= 20, "credentials.hash.time_cost", "must be 1 to 20")
        require(1 <= self.parallelism <= 16, "credentials.hash.parallelism", "must be 1 to 16")
        require(
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
        require(5 <= self.identifier_digits <= 12, "credentials.identifier_digits", "must be 5 to 12")
        require(6 <= self.password_digits <= 30, "credentials.password_digits", "must be 6 to 30")
        require(
            self.identifier_by is not self.password_by,
            "credentials.password_by",
            "must differ from identifier_by: one stolen mailbox or phone would hold both",
        )
        require(
            timedelta(minutes=10) <= self.password_delivery <= timedelta(days=7),
            "credentials.password_delivery",
            "10 minutes to 7 days",
        )
