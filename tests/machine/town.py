"""The same people on several stores: each flow runs on all of them, and they must agree on everything that shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Generic, TypeVar

from entractes_auth.errors import AuthError, ConfigurationError, StoreError, Taken
from entractes_auth.flow import Flow
from entractes_auth.links import LinkText
from entractes_auth.redact import Secret
from entractes_auth.testing.faults import Crash, Moment
from tests.machine.effects import Ending, check_effects
from tests.machine.laws import LAWS, Told, View
from tests.machine.post import Letter, Mood
from tests.machine.secrecy import found_at_rest
from tests.machine.snapshot import Snapshot, take
from tests.machine.world import World

__all__ = ["Outcome", "Plan", "Town", "text_of"]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_COMPARED: Final = 4  # what differs stays different: to compare every fourth flow finds it soon enough


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the process ends: at which port call of the flow, and on which side of it."""

    number: int
    moment: Moment


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T_co]):
    """How a flow ended: with a value, refused, or in a crash (both None)."""

    value: T_co | None
    error: AuthError | None

    @property
    def crashed(self) -> bool:
        """True when the asker never heard of a result."""
        return self.value is None and self.error is None


class Town:
    """Several worlds, and what people did in them. After each flow every law is checked in each world."""

    def __init__(self, *worlds: World) -> None:
        self.worlds = worlds
        self.told = Told()
        self.calls: tuple[str, ...] = ()
        """The port calls of the last flow."""
        self.crashes = 0
        self._turn = 0
        self.now = self._look()

    def run(self, make: Callable[[], Flow[T]], *, about: str = "", crash: Plan | None = None) -> Outcome[T]:
        """Run one flow in each world and check its effects.

        `about` is the id of the registration or account that it may change.
        """
        self._turn += 1
        before, cleared = self.now, self.worlds[0].witness.cleared
        cleared_before = len(cleared)
        first, *others = [_run(world, self._turn, make(), crash) for world in self.worlds]
        self.calls = self.worlds[0].faults.calls
        for outcome, world in zip(others, self.worlds[1:], strict=True):
            _agree(first, outcome)
            assert world.faults.calls == self.calls, "two stores were asked different things"
        self.now = self._look()
        self.crashes += first.crashed
        if first.crashed or self._turn % _COMPARED == 0:
            self.compare()
        well, crashed = first.value is not None, first.crashed
        new = frozenset(cleared[cleared_before:])
        check_effects(before, self.now, Ending(make().name, about, well, crashed, new))
        self.check()
        return first

    def carriers_are(self, mood: Mood) -> None:
        """Give the carriers their mood, until the next one."""
        for world in self.worlds:
            world.carrier.mood = mood

    def restart(self) -> None:
        """Every process ends, and another one opens the store. Closing folds the log, so it is searched before."""
        self.compare()
        self.check_secrecy()
        for world in self.worlds:
            world.restart()
        self.now = self._look()

    def pass_time(self, by: timedelta) -> None:
        """Let the clocks advance."""
        for world in self.worlds:
            world.clock.advance(by)
        self.now = self._look()
        self.check()

    def check(self) -> None:
        """Hold every law against the first world; the others were found equal to it in all that the laws ask."""
        for law in LAWS:
            law(View(self.now, self.worlds[0], self.told))

    def check_secrecy(self) -> None:
        """Search all that is at rest for every secret that was ever sent, shown or typed."""
        for letter in self.letters:
            self.remember(letter.code, letter.token, letter.password)
        for world in self.worlds:
            finds = found_at_rest(self.told.secrets, world.shelf.values(), world.shelf.raw())
            assert not finds, f"a secret lies in {type(world.shelf).__name__}: {finds}"

    def check_erasure(self) -> None:
        """After a purge, the nonces that are of no more use are not in the files either."""
        for world in self.worlds:
            kept = set(world.shelf.nonces().values())
            raw = world.shelf.raw()
            for nonces in world.witness.nonces.values():
                assert not any(nonce in raw for nonce in nonces - kept), (
                    "a nonce was erased from its row only"
                )

    def remember(self, *secrets: str) -> None:
        """Note secrets to search for: of a link, only the part that nobody can compute without the key."""
        self.told.secrets.update(filter(None, (secret.rpartition(".")[2] for secret in secrets)))

    @property
    def letters(self) -> list[Letter]:
        """What was delivered, oldest first; equal in all worlds."""
        return self.worlds[0].carrier.letters

    def look(self) -> None:
        """See what is there now, after something else than a flow of this town."""
        self.now = self._look()

    def compare(self) -> None:
        """Hold the other worlds against the first: what they show, what they keep, what they delivered."""
        first = self.worlds[0]
        for world in self.worlds[1:]:
            assert self._look(world) == self.now, "two stores show different things"
            assert world.carrier.letters == self.letters
            assert world.witness.granted == first.witness.granted
            assert world.shelf.nonces() == first.shelf.nonces()
            assert world.shelf.account_count() == first.shelf.account_count()

    def _look(self, world: World | None = None) -> Snapshot:
        world = world or self.worlds[0]
        return take(world.store, world.clock.now(), world.witness.challenges)


def _run(world: World, turn: int, flow: Flow[T], crash: Plan | None) -> Outcome[T]:
    world.entropy.turn(turn)
    if crash is None:
        world.faults.watch()
    else:
        world.faults.crash_at(crash.number, crash.moment)
    try:
        return Outcome(world.auth.run(flow), None)
    except Taken as taken:
        # Of what a store may raise, this alone reaches a caller: the operator learns that an e-mail is taken.
        return Outcome(None, taken)
    except (ConfigurationError, StoreError):
        raise
    except AuthError as error:
        return Outcome(None, error)
    except Crash:
        return Outcome(None, None)


def _agree(first: Outcome[T], other: Outcome[T]) -> None:
    assert first.value == other.value
    assert (type(first.error), str(first.error)) == (type(other.error), str(other.error))


def text_of(link: LinkText) -> str:
    """The text of a link as a flow gave it, or as it was copied from a letter."""
    return link.reveal() if isinstance(link, Secret) else link
