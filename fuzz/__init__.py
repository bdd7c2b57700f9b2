"""A coverage-guided fuzzer over the readers of numbers: `make fuzz`."""

from __future__ import annotations
