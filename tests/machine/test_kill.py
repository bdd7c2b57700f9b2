"""`kill -9` at any port call, and between two statements of a transaction: the reopened file tells the truth."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from entractes_auth.backends.documents.filesystem import FilesystemDocuments
from entractes_auth.records.kinds import Channel, Purpose, State
from entractes_auth.testing.faults import Moment
from tests.machine import membership
from tests.machine.effects import Ending, check_effects
from tests.machine.natural import lives_on
from tests.machine.people import Person, Typed, code_for, sent_tokens
from tests.machine.post import opened
from tests.machine.reviewing import REVIEWERS
from tests.machine.scenarios import reaches
from tests.machine.shelves import SqliteShelf, prepared_database
from tests.machine.snapshot import Snapshot
from tests.machine.town import Town, text_of
from tests.machine.victim import Blow, Job, killed
from tests.machine.world import KEYS, World

Arguments = tuple[str, ...]


def _confirm(town: Town) -> tuple[Person, Arguments]:
    person = reaches(State.SUBMITTED)(town)
    token = sent_tokens(town, Purpose.CONFIRM, person.id)[-1]
    challenge_id = opened(token, Purpose.CONFIRM, KEYS)
    code = code_for(town, challenge_id, Typed.NEWEST)
    town.told.codes.add((challenge_id, code))
    return person, (token, code)


def _approve(town: Town) -> tuple[Person, Arguments]:
    person = reaches(State.IN_REVIEW)(town)
    town.told.approvals.add((REVIEWERS[0].id, person.id))
    return person, (REVIEWERS[0].id, person.id)


def _verify(town: Town) -> tuple[Person, Arguments]:
    person = reaches(State.APPROVED)(town)
    membership.signs_in(town, person)
    membership.asks_for_code(town, person, Channel.SMS)
    ticket = text_of(person.tickets[-1])
    return person, (ticket, code_for(town, opened(ticket, Purpose.LOGIN, KEYS), Typed.NEWEST))


def _attach(town: Town) -> tuple[Person, Arguments]:
    person = reaches(State.DRAFT)(town)
    return person, (person.link.reveal(),)


@pytest.mark.parametrize(
    ("flow", "prepare"),
    [
        ("confirmation.confirm", _confirm),
        ("approval.approve", _approve),
        ("login.verify", _verify),
        ("registration.attach", _attach),
    ],
)
@pytest.mark.parametrize("where", [Moment.BEFORE, Moment.AFTER, None], ids=["before", "after", "within"])
def test_a_killed_process(
    flow: str,
    prepare: Callable[[Town], tuple[Person, Arguments]],
    where: Moment | None,
    tmp_path: Path,
) -> None:
    """What was begun is done or not begun; no attempt comes back; and life goes on to the first sign-in."""
    for number in count(1):
        with _town(tmp_path / str(number)) as town:
            person, arguments = prepare(town)
            before, (world,) = town.now, town.worlds
            world.shelf.close()
            assert isinstance(world.shelf, SqliteShelf)
            folder = world.shelf.path.parent
            job = Job(world.shelf.path, folder / "documents", before.at, flow, arguments)
            was_killed = killed(job, Blow(where, number))
            town.check_secrecy()
            world.start()
            town.look()
            _learn(town, before)
            account = person.account(town)
            about = account.id if flow == "login.verify" and account else person.id
            check_effects(before, town.now, Ending(flow, about, not was_killed, was_killed))
            town.check()
            lives_on(town, person)
            if not was_killed:
                assert number > 1
                return


@contextmanager
def _town(folder: Path) -> Generator[Town]:
    (folder / "documents").mkdir(parents=True)
    shelf = SqliteShelf(prepared_database(folder.parent / "empty.db", folder))
    town = Town(World(shelf, "inline", FilesystemDocuments(folder / "documents")))
    try:
        yield town
    finally:
        shelf.close()


def _learn(town: Town, before: Snapshot) -> None:
    """What the dead process did, the witness of this one reads in the rows; of an attempt, at most one may be gone."""
    witness = town.worlds[0].witness
    new = [m.message for id_, m in town.now.messages.items() if id_ not in before.messages]
    witness.queued += [message.id for message in sorted(new, key=lambda m: m.created_at)]
    for id_, glance in before.challenges.items():
        later = town.now.challenges.get(id_)
        spent = 0 if later is None else glance.attempts_left - later.attempts_left
        assert spent in (0, 1)
        witness.judged[id_] += spent
