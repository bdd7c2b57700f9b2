"""A host's own suite that finds bugs of the host: see README.md in this folder."""

from __future__ import annotations
