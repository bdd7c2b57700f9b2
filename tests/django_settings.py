"""Django's settings for tests in this process: the first one to come configures, all others find it done.

Django allows one set of settings in a process, and wants it before the first model. A test that needs
another app adds it here; one that needs a further database opens it with
`tests.backends.storage.django.databases`.
"""

from __future__ import annotations

import django
from django.conf import settings

__all__ = ["configure"]

_ADMIN = ("admin", "auth", "contenttypes", "messages", "sessions")
_MIDDLEWARE = (
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
)


def configure() -> None:
    """Settings for French pages and one SQLite database in memory. May be called any number of times."""
    if settings.configured:
        return
    settings.configure(
        ALLOWED_HOSTS=["testserver"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": ":memory:",
                "OPTIONS": {"transaction_mode": "IMMEDIATE"},
            }
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=[
            *(f"django.contrib.{app}" for app in _ADMIN),
            "entractes_auth.backends.storage.django",
        ],
        LANGUAGE_CODE="fr",
        MIDDLEWARE=_MIDDLEWARE,
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],  # of the admin's user, and quick
        ROOT_URLCONF="tests.backends.storage.django.site",
        SECRET_KEY="of tests only, and of no value",
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
        USE_TZ=True,
    )
    django.setup()
