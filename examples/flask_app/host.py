"""What the views share: the package's runner, the clock, the reviewer's desk, the demonstration's mailbox."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, TypeVar, cast

from flask import current_app, request

from entractes_auth import Auth
from entractes_auth.backends.clock import Clock
from entractes_auth.backends.limits.memory import MemoryLimits
from entractes_auth.backends.messaging.mailbox import Mailbox
from entractes_auth.backends.ports import Exceeded, Limits
from entractes_auth.errors import Limited
from entractes_auth.flow import Flow
from entractes_auth.flows.review import Reviewer
from entractes_auth.networks import network_of
from entractes_auth.policy import Budget
from entractes_auth.redact import Secret

__all__ = ["EXTENSION", "Desk", "Host", "host", "network", "run"]

EXTENSION: Final = "entractes_auth"
T = TypeVar("T")

# Guesses at the desk's password, for each network. A budget over all networks would let a stranger
# lock the desk; the password is long and random, so guessing from many networks gains nothing.
_DESK_BUDGET: Final = Budget(amount=10, per=timedelta(minutes=15))


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The one reviewer's sign-in. A real site has its own staff accounts and gives flows a `Reviewer` of its own."""

    reviewer: Reviewer
    username: str
    password: Secret
    limits: Limits = field(default_factory=MemoryLimits)

    def open(self, username: str, password: str, clock: Clock, asker: str) -> Reviewer | None:
        """The reviewer, or None when the name or the password is wrong.

        Raises:
            Limited: too many guesses from this network.
        """
        answer = self.limits.hit("desk", asker, _DESK_BUDGET, clock.now())
        if isinstance(answer, Exceeded):
            raise Limited(answer.retry_at)
        # Both are compared, in constant time: the answer's time tells neither which one is wrong nor how far.
        name_fits = hmac.compare_digest(username.encode(), self.username.encode())
        password_fits = hmac.compare_digest(password.encode(), self.password.reveal().encode())
        return self.reviewer if name_fits and password_fits else None


@dataclass(frozen=True, kw_only=True)
class Host:
    """Built once by `create_app`; views reach it by `host()`."""

    auth: Auth
    clock: Clock
    desk: Desk
    mailbox: Mailbox | None


def host() -> Host:
    """The host of the current application."""
    return cast("Host", current_app.extensions[EXTENSION])


def run(flow: Flow[T]) -> T:
    """Run a flow on the application's runner."""
    return host().auth.run(flow)


def network() -> str:
    """Who asks, for budgets: the network of the connection's address.

    Behind a proxy that address is the proxy's, and everyone shares one budget: wrap the application in
    werkzeug's `ProxyFix` with the number of proxies that you run. Reading `X-Forwarded-For` without one
    would let each request choose its own budget.
    """
    return network_of(request.remote_addr or "")
