"""Threads that sign up and sign in without a pause, and try again when the store is away."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

from benchmarks.failover.ledger import Ledger
from entractes_auth import Auth, Channel, Kind
from entractes_auth.errors import AuthError, CodeRefused, StoreUnavailable
from entractes_auth.flow import Flow
from entractes_auth.flows import confirmation, login, registration, review
from entractes_auth.testing import RecordingMessenger, scenario
from entractes_auth.testing.scenario import REVIEWER, Member

__all__ = ["Crowd"]

T = TypeVar("T")

_PAUSE_SECONDS: Final = 0.01


class _Over(Exception):
    """The drill is over."""


@dataclass(slots=True)
class _Attempt:
    """One life, or one sign-in: whether the store was away in it."""

    auth: Auth
    ledger: Ledger
    stop: threading.Event
    troubled: bool = False

    def do(self, make: Callable[[], Flow[T]]) -> T:
        """Run a step until the store has an answer: the person presses the button again."""
        while not self.stop.is_set():
            flow = make()
            try:
                value = self.auth.run(flow)
            except StoreUnavailable:
                self.troubled = True
                self.ledger.note_unavailable()
                time.sleep(_PAUSE_SECONDS)
            else:
                self.ledger.note_success(flow.name)
                return value
        raise _Over

    def mistype(self, make: Callable[[], Flow[object]]) -> None:
        """A step with a wrong code: counted, and refused."""
        try:
            self.do(make)
        except CodeRefused:
            return
        raise AssertionError("a wrong code was accepted")


class Crowd:
    """Clients on one runner, hence on one store object, until `stop`."""

    def __init__(self, auth: Auth, inbox: RecordingMessenger, ledger: Ledger, members: list[Member]) -> None:
        """`members` sign in, one thread each; as many threads sign up."""
        self._auth = auth
        self._inbox = inbox
        self._ledger = ledger
        self._stop = threading.Event()
        numbers = itertools.count(len(members) + 1)
        self._threads = [
            threading.Thread(target=self._live, args=(lives,))
            for member in members
            for lives in (self._sign_ins(member), self._sign_ups(numbers))
        ]

    def start(self) -> None:
        """Begin, all at once."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let everybody end the flow that they are in."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _live(self, lives: Iterator[Callable[[_Attempt], None]]) -> None:
        """One life after the other; who is refused after the store was away begins another one."""
        for life in lives:
            attempt = _Attempt(self._auth, self._ledger, self._stop)
            try:
                life(attempt)
            except _Over:
                return
            except LookupError:
                continue  # the message waits for a relay: no connection was left to deliver it at once
            except AuthError as refusal:
                if not attempt.troubled:
                    self._ledger.note_refusal(f"refused without cause: {type(refusal).__name__}")
            except Exception as fault:
                self._ledger.note_refusal(f"failed: {type(fault).__name__}: {fault}")

    def _sign_ins(self, member: Member) -> Iterator[Callable[[_Attempt], None]]:
        while True:
            yield partial(self._sign_in, member)

    def _sign_ups(self, numbers: Iterator[int]) -> Iterator[Callable[[_Attempt], None]]:
        for number in numbers:
            who = scenario.nurse(number)
            yield partial(self._sign_up, who)

    def _sign_in(self, member: Member, attempt: _Attempt) -> None:
        ticket = attempt.do(lambda: login.begin(member.identifier, member.password)).ticket
        attempt.do(lambda: login.send_code(ticket, Channel.SMS))
        code = self._inbox.last_code_to(member.applicant.contacts.mobile)
        attempt.mistype(lambda: login.verify(ticket, code=scenario.another(code)))
        attempt.do(lambda: login.verify(ticket, code=code))

    def _sign_up(self, who: scenario.Applicant, attempt: _Attempt) -> None:
        link = attempt.do(lambda: registration.begin(Kind.PROFESSIONAL)).link
        for page in who.pages:
            attempt.do(partial(registration.save, link, page))
        attempt.do(lambda: registration.attach(link, [who.document]))
        attempt.do(lambda: registration.submit(link))
        proof = scenario.token_in(self._inbox.last_link_to(who.contacts.email))
        code = self._inbox.last_code_to(who.contacts.mobile)
        attempt.mistype(lambda: confirmation.confirm(proof, code=scenario.another(code)))
        waiting = attempt.do(lambda: confirmation.confirm(proof, code=code))
        attempt.do(lambda: review.approve(REVIEWER, waiting.registration_id))
