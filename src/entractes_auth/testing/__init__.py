"""The public test kit: a clock that stands still and a messenger that tells what it was given.

The contract suites are imported by module (`entractes_auth.testing.<suite>`): they need pytest and
Hypothesis, which this root does not.
"""

from __future__ import annotations

from entractes_auth.testing.clock import FrozenClock
from entractes_auth.testing.messenger import RecordingMessenger

__all__ = ["FrozenClock", "RecordingMessenger"]
