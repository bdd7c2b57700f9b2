"""The Django store: an app for INSTALLED_APPS, with models, migrations, an admin and system checks.

store, async_store   the port, in two colours; the async one for `AsyncAuth` in Django's own threads
database             short transactions of its own, never inside the host's; runs again what may be run again
refusals, forks      what a database's error means; what a forked process must not use
queries, writes      what is asked and what is written, in its order, and what zero rows mean
erasing, budgets     what is erased by its age; the windows of `DjangoLimits`
models, columns      the tables
apps, checks, admin  what Django finds by itself

    INSTALLED_APPS = [..., "entractes_auth.backends.storage.django"]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from entractes_auth.backends.storage.django.async_store import AsyncDjangoStore
    from entractes_auth.backends.storage.django.store import DjangoStore

__all__ = ["AsyncDjangoStore", "DjangoStore"]


def __getattr__(name: str) -> Any:
    """Import a store when it is first asked for: Django imports this package before models may be."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    _require_app()
    if name == "DjangoStore":
        from entractes_auth.backends.storage.django.store import DjangoStore

        return DjangoStore
    from entractes_auth.backends.storage.django.async_store import AsyncDjangoStore

    return AsyncDjangoStore


def _require_app() -> None:
    from django.apps import apps

    from entractes_auth.errors import ConfigurationError

    if not apps.is_installed(__name__):
        raise ConfigurationError(f'add "{__name__}" to INSTALLED_APPS, then migrate')
