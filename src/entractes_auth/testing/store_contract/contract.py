"""The test classes that a store's author subclasses: every case, in the store's own colour."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager, nullcontext
from typing import Final

import pytest

from entractes_auth.backends.store import AsyncStore, Store
from entractes_auth.testing.cases import Case, awaited, run_sync, task_race, thread_race
from entractes_auth.testing.store_contract.atomicity import ATOMICITY
from entractes_auth.testing.store_contract.challenges import CHALLENGES
from entractes_auth.testing.store_contract.glances import GLANCES
from entractes_auth.testing.store_contract.keys import KEYS
from entractes_auth.testing.store_contract.leases import LEASES
from entractes_auth.testing.store_contract.outbox import OUTBOX
from entractes_auth.testing.store_contract.purging import PURGING
from entractes_auth.testing.store_contract.queries import QUERIES
from entractes_auth.testing.store_contract.races import RACES
from entractes_auth.testing.store_contract.records import RECORDS
from entractes_auth.testing.store_contract.retention import RETENTION
from entractes_auth.testing.store_contract.rig import Rig
from entractes_auth.testing.store_contract.sendings import SENDINGS

__all__ = ["ALL_CASES", "AsyncStoreContract", "StoreContract"]

ALL_CASES: Final[tuple[Case[Rig], ...]] = tuple(
    case
    for suite in (
        *(RECORDS, KEYS, ATOMICITY, CHALLENGES, GLANCES, SENDINGS),
        *(OUTBOX, LEASES, PURGING, RETENTION, QUERIES, RACES),
    )
    for case in suite.cases
)

_each_case = pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in ALL_CASES])


class StoreContract:
    """Subclass it and give the fixture `store`: an empty `Store`, fresh for each test."""

    def host_transaction(self, store: Store) -> AbstractContextManager[None]:
        """Open the host's ambient transaction, and roll it back when the block raises.

        Override it for a store that shares the host's connection or thread, as an ORM's does.
        """
        return nullcontext()

    @_each_case
    def test_contract(self, case: Case[Rig], store: Store) -> None:
        """The store keeps this sentence of the contract."""

        @asynccontextmanager
        async def host_transaction() -> AsyncGenerator[None]:
            with self.host_transaction(store):
                yield

        run_sync(case.run(Rig(awaited(store), thread_race, host_transaction)))


class AsyncStoreContract:
    """Subclass it and give the fixture `store`, sync or async: an empty `AsyncStore`, fresh for each test."""

    @pytest.fixture
    def anyio_backend(self) -> str:
        """The event loop that the tests run on. Override it for "trio"."""
        return "asyncio"

    def host_transaction(self, store: AsyncStore) -> AbstractAsyncContextManager[None]:
        """As in `StoreContract`."""
        return nullcontext()

    @pytest.mark.anyio
    @_each_case
    async def test_contract(self, case: Case[Rig], store: AsyncStore) -> None:
        """The store keeps this sentence of the contract."""
        await case.run(Rig(store, task_race, lambda: self.host_transaction(store)))
