"""A process of its own that runs one flow on a database file, and is killed in the middle of it."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from entractes_auth.backends.documents.filesystem import FilesystemDocuments
from entractes_auth.flow import Flow
from entractes_auth.flows import confirmation, login, registration, review
from entractes_auth.flows.review import Reviewer
from entractes_auth.testing.faults import Faults, Moment
from tests.machine.people import PDF
from tests.machine.shelves import SqliteShelf
from tests.machine.world import World
from tests.statements import after_each_statement

__all__ = ["FLOWS", "Blow", "Job", "killed"]

_PATIENCE_SECONDS: Final = 60.0


def _confirm(link: str, code: str) -> Flow[Any]:
    return confirmation.confirm(link, code=code)


def _approve(reviewer_id: str, registration_id: str) -> Flow[Any]:
    return review.approve(Reviewer(reviewer_id, "Dominique"), registration_id)


def _verify(ticket: str, code: str) -> Flow[Any]:
    return login.verify(ticket, code=code)


def _attach(link: str) -> Flow[Any]:
    return registration.attach(link, [PDF[:7], PDF[7:]])


FLOWS: Final[Mapping[str, Callable[..., Flow[Any]]]] = {
    "confirmation.confirm": _confirm,
    "approval.approve": _approve,
    "login.verify": _verify,
    "registration.attach": _attach,
}


@dataclass(frozen=True, slots=True)
class Blow:
    """When the process is killed: before or after a port call, or after a SQL statement of a transaction."""

    where: Moment | None
    number: int


@dataclass(frozen=True, slots=True)
class Job:
    """What the process does, on which files, at which instant."""

    database: Path
    documents: Path
    now: datetime
    flow: str
    arguments: tuple[str, ...] = field(repr=False)


def killed(job: Job, blow: Blow) -> bool:
    """Run the job in a process of its own; False when it came to its end before the blow."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])  # imports once: each process then starts in no time
    process = context.Process(target=_run, args=(job, blow))
    process.start()
    process.join(_PATIENCE_SECONDS)
    assert process.exitcode in (0, -signal.SIGKILL), f"the process ended with {process.exitcode}"
    return process.exitcode != 0


def _run(job: Job, blow: Blow) -> None:
    world = World(SqliteShelf(job.database), "relay", FilesystemDocuments(job.documents), Faults(_die))
    world.clock.advance(job.now - world.clock.now())
    if blow.where is not None:
        world.faults.crash_at(blow.number, blow.where)
    else:
        # Of any database of this process: the store's and the limits' own.
        after_each_statement(_Counter(blow.number))
    world.entropy.turn(-1)
    world.auth.run(FLOWS[job.flow](*job.arguments))


def _die(reason: object) -> None:
    """No `finally`, no flush, no rollback, no closing of anything."""
    os.kill(os.getpid(), signal.SIGKILL)


class _Counter:
    """Kills after so many writing statements: in the middle of a transaction, for most of them."""

    def __init__(self, number: int) -> None:
        self._left = number

    def __call__(self, statement: str, cursor: object) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            self._left -= 1
            if self._left == 0:
                _die(statement)
