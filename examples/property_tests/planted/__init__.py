"""Hosts that got it wrong, each in one way that is really met. The suite fails on every one of them."""

from __future__ import annotations
