"""Named budgets: how often something may happen to one subject."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import timedelta

from entractes_auth.policy.checks import require

__all__ = ["Budget", "LimitPolicy", "a_day", "an_hour", "in_hours"]


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


def in_hours(hours: int, amount: int) -> Budget:
    """`amount` in so many hours."""
    return Budget(amount=amount, per=timedelta(hours=hours))


def an_hour(amount: int) -> Budget:
    """`amount` in an hour."""
    return Budget(amount=amount, per=timedelta(hours=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitPolicy:
    """Named budgets. What is limited is the subject, never the request; the name is the counter's.

    Each value's reason stands beside it. A network is an IPv4 address or an IPv6 /64.
    """

    # Sign-ups that name one phone: it must not ring all day. Neither sign-in nor recovery counts
    # here, so no stranger's sign-up can keep a member from a code.
    sms_per_phone: Budget = field(default_factory=lambda: a_day(10))
    # Sign-ups that name one mailbox, for the same two reasons.
    emails_per_address: Budget = field(default_factory=lambda: a_day(20))
    # Recoveries asked for one address. A budget of its own: one that a member's own messages used
    # too would tell a stranger, by running dry early, that there is such a member.
    recoveries_per_address: Budget = field(default_factory=lambda: a_day(5))
    # The same, asked for on a device that signed in to that account: a stranger cannot use it up.
    recoveries_per_device: Budget = field(default_factory=lambda: a_day(5))
    # Letters that warn an owner of wrong codes after the right password: each is read, many are not.
    alerts_per_account: Budget = field(default_factory=lambda: a_day(3))
    # Codes of one registration or account, for each purpose apart: a thief with the password who
    # uses up sign-in's codes leaves recovery's to the owner.
    codes_per_subject: Budget = field(default_factory=lambda: a_day(20))
    # One network asking for codes for many subjects.
    codes_per_network: Budget = field(default_factory=lambda: an_hour(60))
    # Paid SMS to neighbouring numbers (the number without its last four digits), and to everybody:
    # what SMS pumping costs at most. Sign-in is outside of both, so it goes on when they are used up.
    sms_per_prefix: Budget = field(default_factory=lambda: an_hour(50))
    sms_in_all: Budget = field(default_factory=lambda: a_day(5000))
    # The same within the hour: pumping that begins at night is stopped before it has used up the day.
    sms_in_all_an_hour: Budget = field(default_factory=lambda: an_hour(1000))
    # A new challenge gives new attempts; this many judgements a day hold across all challenges of
    # one subject and purpose. A right code clears it.
    code_attempts_per_subject: Budget = field(default_factory=lambda: a_day(15))
    # Guesses at one identifier's password, known or not, from all devices that never signed in to it;
    # a right password clears it. The window is how long a stranger can keep an honest new device waiting.
    password_attempts_per_identifier: Budget = field(default_factory=lambda: in_hours(4, 10))
    # The same on one device that did sign in: strangers cannot use it up. A right password clears it.
    password_attempts_per_device: Budget = field(default_factory=lambda: an_hour(10))
    # One network walking through the identifier space; a success does not clear it. Devices that
    # signed in before are not counted, or a neighbour could keep them out.
    password_attempts_per_network: Budget = field(default_factory=lambda: an_hour(300))
    # One network filling the operators' queue.
    registrations_per_network: Budget = field(default_factory=lambda: a_day(50))
    # Files uploaded into one draft, the removed ones included.
    documents_per_registration: Budget = field(default_factory=lambda: a_day(20))

    def __post_init__(self) -> None:
        for name in (each.name for each in fields(self)):
            budget: Budget = getattr(self, name)
            # The upper end: what the integer column of every database holds.
            require(1 <= budget.amount <= 2**31 - 1, f"limits.{name}.amount", "1 to 2147483647")
            require(
                timedelta(seconds=1) <= budget.per <= timedelta(days=31),
                f"limits.{name}.per",
                "1 second to 31 days",
            )
