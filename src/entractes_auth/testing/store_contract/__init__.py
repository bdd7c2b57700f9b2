"""The contract of `backends.store`, as tests that run on any store.

    class TestMyStore(StoreContract):
        @pytest.fixture
        def store(self) -> MyStore:
            return MyStore()

contract    StoreContract, AsyncStoreContract: the classes to subclass
processes   ProcessContract: the same database reached by several processes
rig         what each case is given
records, keys, atomicity, challenges, glances, sendings, outbox, leases, purging, retention, queries,
            races: the cases, by topic

Each case is written once, over the async port, and runs in both colours.
"""

from __future__ import annotations

import pytest

_TOPICS = (
    *("atomicity", "challenges", "glances", "keys", "leases", "outbox"),
    *("processes", "purging", "queries", "races", "records", "retention", "sendings"),
)
# Before they are imported: pytest then shows both sides of an assert that failed in them.
pytest.register_assert_rewrite(*(f"{__name__}.{topic}" for topic in _TOPICS))

from entractes_auth.testing.store_contract.contract import AsyncStoreContract, StoreContract  # noqa: E402
from entractes_auth.testing.store_contract.processes import ProcessContract, Reachable  # noqa: E402

__all__ = ["AsyncStoreContract", "ProcessContract", "Reachable", "StoreContract"]
