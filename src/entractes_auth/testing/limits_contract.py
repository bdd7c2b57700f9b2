"""The contract of `backends.ports.Limits`, as tests that run on any adapter.

    class TestMyLimits(LimitsContract):
        @pytest.fixture
        def limits(self) -> MyLimits:
            return MyLimits()

Each case is written once, in `limits_cases`, and runs in both colours. `LimitsProcessContract`
is for counters that several processes share.
"""

from __future__ import annotations

import pytest

from entractes_auth.backends.ports import AsyncLimits, Limits
from entractes_auth.testing.cases import Case, awaited, run_sync, task_race, thread_race

# Before they are imported: pytest then shows both sides of an assert that failed in them.
pytest.register_assert_rewrite(
    "entractes_auth.testing.limits_cases", "entractes_auth.testing.limits_processes"
)

from entractes_auth.testing.limits_cases import LIMITS, LimitsRig  # noqa: E402
from entractes_auth.testing.limits_processes import LimitsProcessContract, ReachableLimits  # noqa: E402

__all__ = ["AsyncLimitsContract", "LimitsContract", "LimitsProcessContract", "ReachableLimits"]

_each_case = pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in LIMITS.cases])


class LimitsContract:
    """Subclass it and give the fixture `limits`: `Limits` that counted nothing yet, fresh for each test."""

    @_each_case
    def test_contract(self, case: Case[LimitsRig], limits: Limits) -> None:
        """The adapter keeps this sentence of the contract."""
        run_sync(case.run(LimitsRig(awaited(limits), thread_race)))


class AsyncLimitsContract:
    """Subclass it and give the fixture `limits`, sync or async: fresh `AsyncLimits` for each test."""

    @pytest.fixture
    def anyio_backend(self) -> str:
        """The event loop that the tests run on. Override it for "trio"."""
        return "asyncio"

    @pytest.mark.anyio
    @_each_case
    async def test_contract(self, case: Case[LimitsRig], limits: AsyncLimits) -> None:
        """The adapter keeps this sentence of the contract."""
        await case.run(LimitsRig(limits, task_race))
