"""Django is configured before the modules of this folder are imported: they need its models."""

from __future__ import annotations

from tests.django_settings import configure

configure()
