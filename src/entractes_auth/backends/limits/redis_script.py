"""How Redis keeps a window, and the script that counts: written once for both colours of `redis`.

Why not the fixed window of the library `limits`, whose storage gives us the connection: it counts
by the server's clock in whole seconds, and its answer takes two commands, so that "come back at"
was wrong by up to half a second either way (measured), and who came back then was refused; it
reads this machine's clock, which no test can move; and it counts refused hits, so that a larger
budget does not help who waits. Its moving window keeps every hit, and gives them back one by one,
which is not what a `Budget` promises.

A window is one key, a hash of its start and its hits. Redis runs one script at a time, so no second
hit fits in between. One key needs one slot: a cluster needs no hash tag, and spreads the subjects.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from entractes_auth.backends.limits.windows import Window, foretell, judge, subject_mac
from entractes_auth.backends.ports import Exceeded, Granted
from entractes_auth.keys import Keyring
from entractes_auth.policy import Budget

__all__ = ["COUNT", "FIELDS", "NAME", "answer", "arguments", "key_of", "prospect"]

FIELDS: Final = ("started_at", "hits")

# Numbers of Lua are doubles: microseconds fit in until the year 2255, but not when they are written
# as text again. So the start is compared as a number, and kept and given as the text that came.
COUNT: Final = """
local window = redis.call('HMGET', KEYS[1], 'started_at', 'hits')
local started_at, hits = tonumber(window[1]), tonumber(window[2])
local now, per, amount = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
if not started_at or started_at <= now - per or started_at > now + per then
    redis.call('HSET', KEYS[1], 'started_at', ARGV[1], 'hits', 1)
    redis.call('PEXPIRE', KEYS[1], ARGV[4])
    return {ARGV[1], 1}
end
if hits < amount then
    redis.call('HINCRBY', KEYS[1], 'hits', 1)
end
return {window[1], hits + 1}
"""
"""Begin a window, or count in the one that runs, and give it with this hit; a refused hit is not kept."""

NAME: Final = hashlib.sha1(COUNT.encode(), usedforsecurity=False).hexdigest()
"""What Redis calls the script once it knows it."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_MILLISECOND: Final = timedelta(milliseconds=1)
_SPARE: Final = timedelta(minutes=1)


def key_of(keys: Keyring, name: str, subject: str) -> str:
    """The key of a window: the budget's name, for who looks, and half of the subject's MAC, which is plenty."""
    return f"entractes_auth:{name}:{subject_mac(keys, name, subject)[:16].hex()}"


def arguments(budget: Budget, now: datetime) -> Sequence[int]:
    """What `COUNT` takes beside the key: now and the window's length in microseconds, the amount, the key's life.

    A key outlives its window, since the script judges time by the flow's clock: twice, because a
    clock that stepped back may see the window run for so long, and by a minute for the shortest ones.
    """
    life = (2 * budget.per + _SPARE) // _MILLISECOND
    return (now - _EPOCH) // _MICROSECOND, budget.per // _MICROSECOND, budget.amount, life


def answer(counted: Sequence[bytes | str | int], budget: Budget) -> Granted | Exceeded:
    """What the script's answer means."""
    return judge(_window(*counted), budget)


def prospect(fields: Sequence[bytes | str | None], budget: Budget, now: datetime) -> Granted | Exceeded:
    """What the fields of a window foretell; they are None where there is none."""
    started_at, hits = fields
    window = None if started_at is None or hits is None else _window(started_at, hits)
    return foretell(window if window is not None and window.runs(budget, now) else None, budget)


def _window(started_at: bytes | str | int, hits: bytes | str | int) -> Window:
    return Window(_EPOCH + int(started_at) * _MICROSECOND, int(hits))
