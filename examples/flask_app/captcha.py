"""The demonstration's robot check: a box to tick. It stops nobody, and is to be replaced before real use."""

from __future__ import annotations

from entractes_auth.backends.ports import CaptchaPassed

__all__ = ["DemonstrationCaptcha"]


class DemonstrationCaptcha:
    """Accepts when the box "Je ne suis pas un robot" was ticked.

    Accepted weakness: any script ticks a box. A real adapter sends the answer to the service
    that made the puzzle; the pages and the flows stay as they are.
    """

    def verify(self, answer: str, network: str) -> CaptchaPassed | None:
        """Passed when the form sent the box's value."""
        return CaptchaPassed() if answer == "yes" else None
