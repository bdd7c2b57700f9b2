"""Robot checks that check nothing. For tests and demonstrations only.

Never put `AcceptingCaptcha` before real accounts: identifiers are short, and without a robot check
only the budgets of `LimitPolicy` stand between a script and the whole identifier space.
"""

from __future__ import annotations

from entractes_auth.backends.ports import CaptchaPassed

__all__ = ["AcceptingCaptcha", "RefusingCaptcha"]


class AcceptingCaptcha:
    """Takes every answer, also none. For tests and demonstrations only."""

    def verify(self, answer: str, network: str) -> CaptchaPassed | None:
        """Always passed."""
        return CaptchaPassed()


class RefusingCaptcha:
    """Takes no answer. For tests of what a host shows when the check fails."""

    def verify(self, answer: str, network: str) -> CaptchaPassed | None:
        """Never passed."""
        return None
