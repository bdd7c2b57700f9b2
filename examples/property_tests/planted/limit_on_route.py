"""The bug: a limit hung on a route. It counts the failures of an address, and another address has none."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from flask import Flask, Response, abort, request

from entractes_auth.testing import World, unlimited
from examples.property_tests import site

__all__ = ["build"]


def build(world: World) -> Flask:
    """The site without the flows' budgets, since "the route has a limit already"."""
    app = site.build(replace(world, limits=unlimited()))
    a_day = world.policy.limits.code_attempts_per_subject.amount
    tries = Counter[str | None]()

    @app.before_request
    def limit_the_route() -> None:
        if request.endpoint == "pages.verify" and tries[request.remote_addr] >= a_day:
            abort(429)

    @app.after_request
    def count_failures(response: Response) -> Response:
        if request.endpoint == "pages.verify":
            failed = response.status_code >= 400
            tries[request.remote_addr] = tries[request.remote_addr] + 1 if failed else 0
        return response

    return app
