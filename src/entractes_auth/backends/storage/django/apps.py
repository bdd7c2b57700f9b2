"""The app, for INSTALLED_APPS: "entractes_auth.backends.storage.django"."""

from __future__ import annotations

from django.apps import AppConfig
from django.core import checks
from typing_extensions import override

__all__ = ["EntractesAuthConfig"]


class EntractesAuthConfig(AppConfig):
    """`database` is the alias whose settings the system check reads; derive a class to give another one."""

    name = "entractes_auth.backends.storage.django"
    label = "entractes_auth"
    verbose_name = "Entr'Actes accounts"
    default_auto_field = "django.db.models.BigAutoField"
    database = "default"

    @override
    def ready(self) -> None:
        """Register the system checks, and watch over forks."""
        from entractes_auth.backends.storage.django import forks
        from entractes_auth.backends.storage.django.checks import check_settings

        checks.register(check_settings, self.label)
        forks.watch()
