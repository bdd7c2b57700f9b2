"""The bug: an attempt lost in a rollback. All that a request wrote is undone when the request fails.

A wrong code is a failed request, so the attempt that it cost comes back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from flask import Flask, Response

from entractes_auth.backends.storage.memory import MemoryStore
from entractes_auth.backends.store import Store
from entractes_auth.testing import World
from examples.property_tests import site

_WRITES = ("commit", "lease", "purge", "settle", "spend")

__all__ = ["RequestStore", "build"]


class RequestStore:
    """A host's own store, on the connection of the request: it keeps every write since it was empty, and can
    take back those of the request."""

    def __init__(self) -> None:
        self._store = MemoryStore()
        self._written: list[tuple[str, tuple[Any, ...]]] = []
        self._begun_at = 0

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            if name in _WRITES:
                self._written.append((name, args))
            return getattr(self._store, name)(*args)

        return call

    def begin(self) -> None:
        """A request begins."""
        self._begun_at = len(self._written)

    def roll_back(self) -> None:
        """As if the request had never come."""
        del self._written[self._begun_at :]
        self._store = MemoryStore()
        for name, args in self._written:
            getattr(self._store, name)(*args)


def build(world: World) -> Flask:
    """The site in one transaction for each request, as many frameworks offer it."""
    store = RequestStore()
    app = site.build(replace(world, store=cast("Store", store)))
    app.before_request(store.begin)

    @app.after_request
    def undo_what_failed(response: Response) -> Response:
        if response.status_code >= 400:
            store.roll_back()
        return response

    return app
