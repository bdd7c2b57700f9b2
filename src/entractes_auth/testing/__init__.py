"""The public test kit (extra `testing`): a frozen clock, a recording messenger, scenarios, contract suites.

    FrozenClock, RecordingMessenger, unlimited, cheap_hasher
                      ports for a host's tests; World is all of them around one runner
    StoreContract, AsyncStoreContract, ProcessContract, LimitsContract, AsyncLimitsContract,
    LimitsProcessContract
                      what every adapter must keep
    scenario          whole ways through the flows, each in one line
    builders          valid records
    strategies        Hypothesis strategies
    faults            crashes at a chosen port call
    plugin            the pytest plug-in: fixtures `entractes_*`, --entractes-store, --entractes-limits

Names are loaded when they are first used: pytest loads the plug-in, and so this module, in every
run on a machine where the package is installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from entractes_auth.lazy import exporter

if TYPE_CHECKING:
    from entractes_auth.testing.clock import FrozenClock
    from entractes_auth.testing.hasher import cheap_hasher
    from entractes_auth.testing.limits_contract import (
        AsyncLimitsContract,
        LimitsContract,
        LimitsProcessContract,
        ReachableLimits,
    )
    from entractes_auth.testing.limits_unlimited import unlimited
    from entractes_auth.testing.messenger import RecordingMessenger
    from entractes_auth.testing.store_contract import (
        AsyncStoreContract,
        ProcessContract,
        Reachable,
        StoreContract,
    )
    from entractes_auth.testing.world import World

__all__ = [
    "AsyncLimitsContract",
    "AsyncStoreContract",
    "FrozenClock",
    "LimitsContract",
    "LimitsProcessContract",
    "ProcessContract",
    "Reachable",
    "ReachableLimits",
    "RecordingMessenger",
    "StoreContract",
    "World",
    "cheap_hasher",
    "unlimited",
]

_HOMES = {
    "AsyncLimitsContract": "limits_contract",
    "AsyncStoreContract": "store_contract",
    "FrozenClock": "clock",
    "LimitsContract": "limits_contract",
    "LimitsProcessContract": "limits_contract",
    "ProcessContract": "store_contract",
    "Reachable": "store_contract",
    "ReachableLimits": "limits_contract",
    "RecordingMessenger": "messenger",
    "StoreContract": "store_contract",
    "World": "world",
    "cheap_hasher": "hasher",
    "unlimited": "limits_unlimited",
}

__getattr__, __dir__ = exporter(__name__, _HOMES)
