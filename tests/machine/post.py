"""The carrier of all messages, with its moods, and what can be read in each letter."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import datetime

from entractes_auth.backends.ports import Outgoing, Receipt
from entractes_auth.errors import DeliveryFailed, LinkRefused
from entractes_auth.keys import Keyring
from entractes_auth.links import open_link
from entractes_auth.records.kinds import Channel, Purpose
from entractes_auth.testing import FrozenClock, RecordingMessenger

__all__ = ["Carrier", "Letter", "Mood", "opened"]


class Mood(enum.Enum):
    """What a carrier does with a message."""

    WORKS = "works"
    DOWN = "down"  # for now
    REFUSES = "refuses"  # for good
    BREAKS = "breaks"  # an error of the host's own adapter


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as a person holds it: when it came, and what could be copied out of it ("" where nothing)."""

    at: datetime
    message_id: str
    channel: Channel
    to: str
    code: str = field(repr=False)
    token: str = field(repr=False)
    password: str = field(repr=False)
    identifier: str = field(repr=False)


class Carrier:
    """A `Messenger` for both channels, which keeps what it delivered."""

    def __init__(self, clock: FrozenClock) -> None:
        self.mood = Mood.WORKS
        self.letters: list[Letter] = []
        self._clock = clock

    def send(self, outgoing: Outgoing) -> Receipt:
        """See `Messenger.send`."""
        match self.mood:
            case Mood.WORKS:
                self.letters.append(_read(outgoing, self._clock.now()))
                return Receipt(outgoing.id)
            case Mood.DOWN | Mood.REFUSES:
                raise DeliveryFailed("the carrier says no", permanent=self.mood is Mood.REFUSES)
            case Mood.BREAKS:
                raise RuntimeError("a fault of the adapter")

    def to(self, address: str) -> list[Letter]:
        """What was delivered to this address, oldest first."""
        return [letter for letter in self.letters if letter.to == address]


def _read(outgoing: Outgoing, at: datetime) -> Letter:
    """Each message alone in a recording messenger: what the newest one has is what this one has."""
    alone = RecordingMessenger()
    alone.send(outgoing)

    def copied(what: str) -> str:
        try:
            text: str = getattr(alone, f"last_{what}_to")(outgoing.to)
        except LookupError:
            return ""
        return text

    return Letter(
        at=at,
        message_id=outgoing.id,
        channel=outgoing.channel,
        to=outgoing.to,
        code=copied("code"),
        token=copied("link").rpartition("/")[2],
        password=copied("password"),
        identifier=copied("identifier"),
    )


def opened(token: str, purpose: Purpose, keys: Keyring) -> str:
    """The id that a link names, or "" when it is no link of this purpose."""
    try:
        return open_link(token, purpose, keys)
    except LinkRefused:
        return ""
