"""Which site the suite runs on: ours, or one with a planted bug (`--site=double_click`)."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import pytest
from flask import Flask

from entractes_auth.testing import World

_PLANTED = ("double_click", "limit_on_route", "rolled_back")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --site."""
    parser.addoption("--site", choices=("site", *_PLANTED), default="site", help="the site to test")


@pytest.fixture
def build(request: pytest.FixtureRequest) -> Callable[[World], Flask]:
    """How the chosen site is built on a test's ports."""
    chosen = str(request.config.getoption("--site"))
    name = f"planted.{chosen}" if chosen in _PLANTED else chosen
    made: Callable[[World], Flask] = import_module(f"{__package__}.{name}").build
    return made
