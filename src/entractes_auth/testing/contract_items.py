"""Contract cases as pytest items, for the factories that --entractes-store and --entractes-limits name.

Items of our own and not generated test functions: they are collected and run whatever a host's
settings call a test, and whichever plug-in drives its async tests.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    asynccontextmanager,
    contextmanager,
    nullcontext,
)
from dataclasses import dataclass
from importlib import import_module
from operator import attrgetter
from typing import Any, Final, cast

import anyio
import pytest
from typing_extensions import override

from entractes_auth.backends.ports import Limits
from entractes_auth.backends.store import Store
from entractes_auth.testing.cases import Case, Race, awaited, run_sync, task_race, thread_race
from entractes_auth.testing.store_contract.contract import ALL_CASES
from entractes_auth.testing.store_contract.rig import Rig

# Before they are imported: pytest then shows both sides of an assert that failed in them.
pytest.register_assert_rewrite("entractes_auth.testing.limits_cases")

from entractes_auth.testing.limits_cases import LIMITS, LimitsRig  # noqa: E402

__all__ = ["Contract", "ContractItem", "ContractNode", "contract_of"]


@dataclass(frozen=True, slots=True)
class _Port:
    """A port's methods, the cases of its contract, and how one case is given an adapter and a race."""

    methods: tuple[str, ...]
    cases: tuple[Case[Any], ...]
    rig: Callable[[Any, Race], object]


def _methods(protocol: type) -> tuple[str, ...]:
    return tuple(
        name for name, value in vars(protocol).items() if inspect.isfunction(value) and name[0] != "_"
    )


# A factory knows nothing of the host's own transaction: the cases about its rollback need the class.
_PORTS: Final = {
    "--entractes-store": _Port(_methods(Store), ALL_CASES, lambda port, race: Rig(port, race, nullcontext)),
    "--entractes-limits": _Port(_methods(Limits), tuple(LIMITS.cases), LimitsRig),
}


@dataclass(frozen=True, slots=True)
class Contract:
    """What one option asked for: the contract of a port, for the adapters that a factory gives.

    The factory is called for each case, and gives a fresh adapter with nothing in it, in either colour: returned, or
    given by a generator or a context manager, whose end is reached after the case. It may be async.
    """

    title: str
    factory: Callable[[], object]
    port: _Port

    def judge(self, case: Case[Any]) -> None:
        """Run one case on a fresh adapter; raises what the case, or the factory, raises."""
        made = self.factory()
        if inspect.isawaitable(made) or inspect.isasyncgen(made) or _is_async_manager(made):
            anyio.run(self._judge_on_loop, case, made)
            return
        with _entered(made) as adapter:
            if self._is_async(adapter):
                anyio.run(self._judge_adapter, case, adapter)
            else:
                # Without a loop: a sync store may refuse to work where one runs, as Django's ORM does.
                run_sync(self._judge_adapter(case, adapter))

    async def _judge_on_loop(self, case: Case[Any], made: Any) -> None:
        made = await made if inspect.isawaitable(made) else made
        async with _async_entered(made) as adapter:
            await self._judge_adapter(case, adapter)

    async def _judge_adapter(self, case: Case[Any], adapter: object) -> None:
        missing = [name for name in self.port.methods if not callable(getattr(adapter, name, None))]
        if missing:
            gave = f"{self.title} gave something of type {type(adapter).__name__}"
            pytest.fail(f"{gave}, without the methods {', '.join(missing)}", pytrace=False)
        is_async = self._is_async(adapter)
        rig = self.port.rig(adapter if is_async else awaited(adapter), task_race if is_async else thread_race)
        await case.run(rig)

    def _is_async(self, adapter: object) -> bool:
        return inspect.iscoroutinefunction(getattr(adapter, self.port.methods[0], None))


def contract_of(option: str, name: str) -> Contract:
    """What `option`, given the value `name`, asks for.

    Raises:
        pytest.UsageError: `name` is not "module:factory", or cannot be imported; says why in one line.
    """
    asked = f"{option}={name}"
    module, _, path = name.partition(":")
    if not module or not path:
        raise pytest.UsageError(f"{asked}: give it as MODULE:FACTORY, for instance myapp.stores:make_store")
    try:
        factory = attrgetter(path)(import_module(module))
    except Exception as error:
        # Whatever the host's module raises: a typing error in a command gets a line, not a traceback.
        why = f"{type(error).__name__}: {error}".splitlines()[0]
        raise pytest.UsageError(f"{asked}: {why}") from None
    if not callable(factory):
        raise pytest.UsageError(f"{asked}: of type {type(factory).__name__}, and cannot be called")
    return Contract(asked.removeprefix("--"), factory, _PORTS[option])


def _is_async_manager(made: object) -> bool:
    # What has both sides is entered by the plain one: the adapter that it gives says its own colour.
    return hasattr(made, "__aenter__") and not hasattr(made, "__enter__")


def _entered(made: Any) -> AbstractContextManager[object]:
    if inspect.isgenerator(made):
        generator = cast("Generator[object]", made)
        return contextmanager(lambda: generator)()
    return made if hasattr(made, "__enter__") else nullcontext(made)


def _async_entered(made: Any) -> AbstractAsyncContextManager[object]:
    if inspect.isasyncgen(made):
        generator = cast("AsyncGenerator[object]", made)
        return asynccontextmanager(lambda: generator)()
    return made if hasattr(made, "__aenter__") else nullcontext(made)


class ContractNode(pytest.Collector):
    """All cases of one contract, under the option that asked for it."""

    contract: Contract

    @classmethod
    def of(cls, session: pytest.Session, contract: Contract) -> ContractNode:
        """The node, right under the session: no file holds these tests."""
        named = {"name": contract.title, "nodeid": contract.title}
        node: ContractNode = cls.from_parent(session, **named)  # pyright: ignore[reportUnknownMemberType]
        node.contract = contract
        return node

    @override
    def collect(self) -> Iterator[ContractItem]:
        """One item for each case."""
        for case in self.contract.port.cases:
            yield ContractItem.of(self, case)


class ContractItem(pytest.Item):
    """One case: a sentence that the adapter must keep."""

    contract: Contract
    case: Case[Any]

    @classmethod
    def of(cls, node: ContractNode, case: Case[Any]) -> ContractItem:
        """The item of this case."""
        item: ContractItem = cls.from_parent(node, name=case.name)  # pyright: ignore[reportUnknownMemberType]
        item.contract, item.case = node.contract, case
        item.add_marker("entractes_contract")
        return item

    @override
    def runtest(self) -> None:
        """Judge the adapter by this case."""
        self.contract.judge(self.case)

    @override
    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What failed, from the case (or the host's factory) on: the way to it is pytest's, anyio's and ours."""
        traceback = excinfo.traceback
        ours = max(
            (place for place, entry in enumerate(traceback) if str(entry.path) == __file__), default=-1
        )
        excinfo.traceback = traceback[ours + 1 :] or traceback[ours:]
        return super().repr_failure(excinfo, style)

    @override
    def reportinfo(self) -> tuple[Any, int | None, str]:
        """The title of a failure names the factory and the case."""
        return self.path, None, f"{self.contract.title}: {self.name}"
