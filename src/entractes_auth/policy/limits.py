"""Named budgets: how often something may happen to one subject."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import timedelta

from entractes_auth.policy.checks import require

__all__ = ["Budget", "LimitPolicy", "a_day", "an_hour"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """At most `amount` hits in each window of `per`, counted from the first hit.

    Checked by the `LimitPolicy` that holds it, which alone knows its name.
    """

    amount: int
    per: timedelta


def a_day(amount: int) -> Budget:
    """`amount` in 24 hours."""
    return Budget(amount=amount, per=timedelta(days=1))


def an_hour(amount: int) -> Budget:
    """`amount` in an hour."""
    return Budget(amount=amount, per=timedelta(hours=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitPolicy:
    """Named budgets. What is limited is the subject, never the request; the name is the counter's.

    Each value's reason stands beside it. A network is an IPv4 address or an IPv6 /64.
    """

    # A phone must not be made to ring all day, and each SMS costs money (SMS pumping).
    sms_per_phone: Budget = field(default_factory=lambda: a_day(10))
    # A mailbox must not be flooded by a stranger who knows its address.
    emails_per_address: Budget = field(default_factory=lambda: a_day(20))
    # One registration or account, whatever phones and addresses it goes through.
    codes_per_subject: Budget = field(default_factory=lambda: a_day(12))
    # One network asking for codes for many subjects.
    codes_per_network: Budget = field(default_factory=lambda: an_hour(60))
    # A new challenge gives new attempts; this many judgements a day hold across all of them.
    code_attempts_per_subject: Budget = field(default_factory=lambda: a_day(15))
    # Guesses at one identifier's password, known or not; a success clears it. NIST SP 800-63B-4
    # section 3.2.2 allows 100 in a row.
    password_attempts_per_identifier: Budget = field(default_factory=lambda: a_day(10))
    # One network walking through the identifier space; a success does not clear it.
    password_attempts_per_network: Budget = field(default_factory=lambda: an_hour(300))
    # One network filling the operators' queue.
    registrations_per_network: Budget = field(default_factory=lambda: a_day(50))
    # One network uploading files into drafts.
    documents_per_registration: Budget = field(default_factory=lambda: a_day(20))

    def __post_init__(self) -> None:
        for name in (each.name for each in fields(self)):
            budget: Budget = getattr(self, name)
            require(budget.amount >= 1, f"limits.{name}.amount", "must be at least 1")
            require(
                timedelta(seconds=1) <= budget.per <= timedelta(days=31),
                f"limits.{name}.per",
                "1 second to 31 days",
            )
