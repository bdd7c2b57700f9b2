"""One platform on one store: every port real or a published test double, all of it replayable."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

from entractes_auth import Auth, Keyring, Policy, Site
from entractes_auth.auth import Deliver
from entractes_auth.backends.captcha.fixed import AcceptingCaptcha
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.backends.hashing.argon2 import Argon2Hasher
from entractes_auth.backends.ports import Documents
from entractes_auth.backends.store import Store
from entractes_auth.policy import Budget, CodePolicy, CredentialPolicy, HashPolicy, LimitPolicy
from entractes_auth.records.kinds import Channel
from entractes_auth.records.registration import Document
from entractes_auth.testing import FrozenClock
from entractes_auth.testing.faults import Faults
from tests.machine.post import Carrier
from tests.machine.shelves import Shelf
from tests.machine.witness import Witness, WitnessedLimits, WitnessedStore

__all__ = ["KEYS", "POLICY", "SITE", "DrawnEntropy", "NamedDocuments", "World"]

KEYS = Keyring({"k1": random.Random("the only key").randbytes(32)})
SITE = Site(name="Entr'Actes", origin="https://www.example.fr", support_email="aide@example.fr")


def _a_day(amount: int) -> Budget:
    return Budget(amount=amount, per=timedelta(days=1))


# Nine digits, so that a secret which is found in a row is no chance. Budgets small enough to be used up.
POLICY = Policy(
    codes=CodePolicy(digits=9),
    credentials=CredentialPolicy(
        identifier_digits=5,
        password_digits=9,
        hash=HashPolicy(time_cost=1, memory_kib=8, parallelism=1),
    ),
    limits=LimitPolicy(
        sms_per_phone=_a_day(7),
        emails_per_address=_a_day(9),
        recoveries_per_address=_a_day(4),
        codes_per_subject=_a_day(6),
        code_attempts_per_subject=_a_day(5),
        password_attempts_per_identifier=_a_day(4),
        documents_per_registration=_a_day(6),
    ),
    registration=replace(Policy().registration, accept_test_numbers=True),
    documents=replace(Policy().documents, maximum_bytes=1024, maximum_count=3),
)


class DrawnEntropy:
    """Bytes that follow from a seed and the number of the turn: two worlds draw the same, crashes or not."""

    def __init__(self) -> None:
        self.turn(0)

    def turn(self, number: int) -> None:
        """Begin another turn."""
        self._random = random.Random(f"turn {number}")

    def draw(self, count: int) -> bytes:
        """See `Entropy.draw`."""
        return self._random.randbytes(count)


class NamedDocuments:
    """`MemoryDocuments` under names that are drawn from the world's entropy, so that two worlds agree."""

    def __init__(self, entropy: DrawnEntropy) -> None:
        self._documents = MemoryDocuments()
        self._names: dict[str, str] = {}
        self._entropy = entropy

    def put(self, chunks: Iterable[bytes], maximum_bytes: int) -> Document:
        """See `Documents.put`."""
        document = self._documents.put(chunks, maximum_bytes)
        name = self._entropy.draw(16).hex()
        self._names[name] = document.id
        return replace(document, id=name)

    def read(self, document_id: str) -> bytes:
        """See `Documents.read`."""
        return self._documents.read(self._names.get(document_id, ""))

    def delete(self, document_id: str) -> None:
        """See `Documents.delete`."""
        self._documents.delete(self._names.pop(document_id, ""))

    def stored(self, before: datetime) -> tuple[str, ...]:
        """See `Documents.stored`."""
        old = frozenset(self._documents.stored(before))
        return tuple(name for name, document_id in self._names.items() if document_id in old)

    def __len__(self) -> int:
        return len(self._documents)


class World:
    """The ports around one shelf, and the process that runs on them until it crashes."""

    def __init__(
        self,
        shelf: Shelf,
        deliver: Deliver,
        documents: Documents | None = None,
        faults: Faults | None = None,
    ) -> None:
        self.shelf = shelf
        self.clock = FrozenClock()
        self.entropy = DrawnEntropy()
        self.documents = documents or NamedDocuments(self.entropy)
        self.carrier = Carrier(self.clock)
        self.witness = Witness()
        self.faults = faults or Faults()
        self._deliver: Deliver = deliver
        self.start()

    def start(self) -> None:
        """Start the process: everything anew but what is at rest."""
        faults = self.faults
        faults.watch()
        self.store, self.limits = self.shelf.open(KEYS)
        store = faults.port("store", WitnessedStore(self.store, self.witness))
        messenger = faults.port("messenger", self.carrier)
        self.auth = Auth(
            store=cast("Store", store),
            limits=faults.port("limits", WitnessedLimits(self.limits, self.witness)),
            hasher=faults.port("hasher", Argon2Hasher(POLICY.credentials.hash)),
            captcha=faults.port("captcha", AcceptingCaptcha()),
            documents=faults.port("documents", self.documents),
            messengers={Channel.SMS: messenger, Channel.EMAIL: messenger},
            keys=KEYS,
            site=SITE,
            policy=POLICY,
            clock=self.clock,
            entropy=self.entropy,
            deliver=self._deliver,
        )

    def restart(self) -> None:
        """The old process is gone, and another one opens the store."""
        self.shelf.close()
        self.start()
