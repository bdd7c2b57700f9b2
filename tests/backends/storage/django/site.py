"""The tests' host: views that spend, in the ways that a host may, on the database "auth"."""

from __future__ import annotations

from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path

from entractes_auth.backends.storage.django import AsyncDjangoStore, DjangoStore
from entractes_auth.testing import builders as b
from tests.backends.storage.django.databases import ALIAS

__all__ = ["CHALLENGE", "HostFailedError", "urlpatterns"]

CHALLENGE = b.an_id("challenge", 1)


class HostFailedError(Exception):
    """The view ends badly after it has spent."""


def spend_and_fail(request: HttpRequest) -> HttpResponse:
    """A plain view: under ATOMIC_REQUESTS it is in a transaction from its first line."""
    DjangoStore(ALIAS).spend(CHALLENGE, b.NOW)
    raise HostFailedError


@transaction.non_atomic_requests(using=ALIAS)
def alone(request: HttpRequest) -> HttpResponse:
    """The same, marked. The mark stands on the function itself, so this is another one."""
    return spend_and_fail(request)


@transaction.non_atomic_requests(using=ALIAS)
def roll_back(request: HttpRequest) -> HttpResponse:
    """The host's own rows are rolled back, before and after the attempt was counted."""
    with transaction.atomic(using=ALIAS):
        transaction.set_rollback(True, using=ALIAS)
    DjangoStore(ALIAS).spend(CHALLENGE, b.NOW)
    with transaction.atomic(using=ALIAS):
        raise HostFailedError


def count() -> object:
    """What a test puts here counts a hit."""
    raise NotImplementedError


def count_in_request(request: HttpRequest) -> HttpResponse:
    """A plain view that counts, and ends badly."""
    count()
    raise HostFailedError


@transaction.non_atomic_requests(using=ALIAS)
def count_alone(request: HttpRequest) -> HttpResponse:
    """A marked view that counts, and whose own rows are rolled back."""
    count()
    with transaction.atomic(using=ALIAS):
        raise HostFailedError


@transaction.non_atomic_requests(using=ALIAS)
async def spend(request: HttpRequest) -> HttpResponse:
    """An async view, which spends and says how many are left."""
    attempt = await AsyncDjangoStore(ALIAS).spend(CHALLENGE, b.NOW)
    return HttpResponse("none" if attempt is None else str(attempt.attempts_left))


urlpatterns = [
    path("admin/", admin.site.urls),
    path("plain/", spend_and_fail),
    path("alone/", alone),
    path("roll-back/", roll_back),
    path("async/", spend),
    path("count/", count_alone),
    path("count-in-request/", count_in_request),
]
