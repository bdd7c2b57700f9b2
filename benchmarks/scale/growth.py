"""The rounds: every step on every size in turn, so that a busy machine weighs on all alike; the growth is
taken within each round."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from benchmarks.scale.sites import Site
from benchmarks.spread import Spread, verdict

__all__ = ["AIM", "Rounds", "measure"]

AIM: Final = 1.3


@dataclass(frozen=True, slots=True)
class Rounds:
    """How often each step is measured: `count` rounds of `calls` calls."""

    count: int
    calls: int


@dataclass(slots=True)
class Costs:
    """What one step cost on one database, a call's milliseconds of each round: CPU (the server's too), and wall."""

    cpu: list[float] = field(default_factory=list[float])
    wall: list[float] = field(default_factory=list[float])


@dataclass(frozen=True, slots=True)
class Growth:
    """One step, on databases of these sizes; the first size is what the others are compared with."""

    step: str
    costs: dict[int, Costs]

    def show(self) -> None:
        """Print what it cost, how that grew, and the verdict against the aim."""
        first, *others = self.costs
        base = self.costs[first]
        print(f"    {self.step:17} {first:>9,}: {_costs(base)}")
        for size in others:
            costs = self.costs[size]
            cpu, wall = _growth(costs.cpu, base.cpu), _growth(costs.wall, base.wall)
            print(f"    {'':17} {size:>9,}: {_costs(costs)}; growth of CPU {cpu}, of wall {wall}")


def measure(
    sites: dict[int, Site], rounds: Rounds, told: Callable[[int], None] = lambda _: None
) -> Sequence[Growth]:
    """Measure every step on every site; `told` hears of each round that begins."""
    steps = tuple(next(iter(sites.values())).steps)
    found = {step: {size: Costs() for size in sites} for step in steps}
    for site in sites.values():
        for call in site.steps.values():
            _timed(site, call, rounds.calls)
    gc.collect()
    for turn in range(rounds.count):
        told(turn)
        order = sorted(sites, reverse=bool(turn % 2))
        for step in steps:
            for size in order:
                cpu, wall = _timed(sites[size], sites[size].steps[step], rounds.calls)
                found[step][size].cpu.append(cpu)
                found[step][size].wall.append(wall)
    return [Growth(step, costs) for step, costs in found.items()]


def _timed(site: Site, call: Callable[[], None], calls: int) -> tuple[float, float]:
    """The CPU and the wall milliseconds of one call, as the mean of a few."""
    server = site.home.server_seconds()
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(calls):
        call()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    cpu += site.home.server_seconds() - server
    return cpu * 1000 / calls, wall * 1000 / calls


def _costs(costs: Costs) -> str:
    return f"CPU {Spread.of(costs.cpu).median:6.2f} ms, wall {Spread.of(costs.wall).median:6.2f} ms"


def _growth(big: list[float], small: list[float]) -> str:
    ratio = Spread.of([one / other for one, other in zip(big, small, strict=True)])
    return f"{ratio.median:.2f} ({min(ratio.rounds):.2f}..{ratio.worst:.2f}) {verdict(ratio.median, AIM)}"
