"""The pytest plug-in, there in every run on a machine that has the package: fixtures, and contracts by option.

    pytest --entractes-store=myapp.stores:make_store      the store contract, for what this factory gives
    pytest --entractes-limits=myapp.limits:make_limits    the contract of limits

Both may be given several times. Every fixture may be overridden in a `conftest.py`, as pytest does it: give
`entractes_store` a store of your own, and the runners are built on it.

It imports nothing but pytest: whoever does not use it pays two milliseconds for it. Its entry point has
the name of this module, so that a run which also loads it by name (`-p`, `pytest_plugins`) loads it once.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from entractes_auth.auth import AsyncAuth, Auth
    from entractes_auth.backends.ports import AsyncLimits, Limits
    from entractes_auth.backends.store import AsyncStore, Store
    from entractes_auth.policy import Policy
    from entractes_auth.testing.clock import FrozenClock
    from entractes_auth.testing.contract_items import Contract
    from entractes_auth.testing.messenger import RecordingMessenger
    from entractes_auth.testing.world import World

__all__ = [
    "entractes_async_auth",
    "entractes_auth",
    "entractes_clock",
    "entractes_limits",
    "entractes_messenger",
    "entractes_policy",
    "entractes_store",
    "entractes_world",
]

_OPTIONS: Final = {"--entractes-store": "store", "--entractes-limits": "limits"}

_CONTRACTS: Final = pytest.StashKey[tuple["Contract", ...]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add both options."""
    group = parser.getgroup("entractes_auth", "contracts of entractes_auth")
    for option, kind in _OPTIONS.items():
        group.addoption(
            option,
            action="append",
            default=[],
            metavar="MODULE:FACTORY",
            help=f"judge the {kind} that this factory gives by the contract of its port (may be repeated)",
        )


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Import the factories, before minutes are spent on other tests; after the host's own `conftest.py`."""
    config.addinivalue_line(
        "markers",
        "entractes_contract: a case of the contract of a port, added by --entractes-store or -limits",
    )
    given = [(option, name) for option in _OPTIONS for name in config.getoption(option) or ()]
    if given:
        from entractes_auth.testing.contract_items import contract_of

        # A bare `pytest` does not search the folder where it was started; `python -m pytest` does.
        here = str(config.invocation_params.dir)
        if here not in sys.path:
            sys.path.insert(0, here)
        config.stash[_CONTRACTS] = tuple(contract_of(option, name) for option, name in given)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Add the cases before -k and -m choose among all items."""
    contracts = config.stash.get(_CONTRACTS, ())
    if contracts:
        from entractes_auth.testing.contract_items import ContractNode

        for contract in contracts:
            items += session.genitems(ContractNode.of(session, contract))


@pytest.fixture
def entractes_clock() -> FrozenClock:
    """The time of this test: it stands until `entractes_clock.advance(timedelta(...))`."""
    from entractes_auth.testing.clock import FrozenClock

    return FrozenClock()


@pytest.fixture
def entractes_messenger() -> RecordingMessenger:
    """Every SMS and e-mail of this test; asks like `last_code_to("06 12 34 56 78")` read them."""
    from entractes_auth.testing.messenger import RecordingMessenger

    return RecordingMessenger()


@pytest.fixture
def entractes_store() -> Store | AsyncStore:
    """An empty `MemoryStore`."""
    from entractes_auth.backends.storage.memory import MemoryStore

    return MemoryStore()


@pytest.fixture
def entractes_limits() -> Limits | AsyncLimits:
    """`unlimited()`: override it with `MemoryLimits()` where budgets are what is tested."""
    from entractes_auth.testing.limits_unlimited import unlimited

    return unlimited()


@pytest.fixture
def entractes_policy() -> Policy:
    """The tutorial's policy, without a robot check, with cheap hashes, accepting the published test numbers."""
    from entractes_auth.testing.scenario import quick_policy

    return quick_policy()


@pytest.fixture
def entractes_world(
    entractes_clock: FrozenClock,
    entractes_messenger: RecordingMessenger,
    entractes_store: Store | AsyncStore,
    entractes_limits: Limits | AsyncLimits,
    entractes_policy: Policy,
) -> World:
    """The fixtures above, and every other port, in one `World`."""
    from entractes_auth.testing.world import World

    return World(
        clock=entractes_clock,
        messenger=entractes_messenger,
        store=entractes_store,
        limits=entractes_limits,
        policy=entractes_policy,
    )


@pytest.fixture
def entractes_auth(entractes_world: World) -> Auth:
    """A ready `Auth` over the fixtures above."""
    return entractes_world.auth


@pytest.fixture
def entractes_async_auth(entractes_world: World) -> AsyncAuth:
    """A ready `AsyncAuth` over the same ports; works on any event loop."""
    return entractes_world.async_auth
