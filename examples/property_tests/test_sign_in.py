"""The laws of sign-in, whatever a member and a thief do at two browsers, in whatever order.

The state machine posts forms and reads messages, as people do. It keeps four numbers, and what the site must
answer follows from them: nothing here knows how the site is made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Final, cast

from flask import Flask
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from entractes_auth.backends.limits.memory import MemoryLimits
from entractes_auth.policy import Budget, CodePolicy, Policy
from entractes_auth.testing import World, scenario
from examples.property_tests.browser import Browser

# How often one may err on one sign-in, and on one day over all of them. Small: few steps reach them.
ATTEMPTS: Final = 2
A_DAY: Final = 3

SETTINGS: Final = settings(
    max_examples=60,
    stateful_step_count=10,
    derandomize=True,  # the same examples at each run: a red build is about the change
    database=None,
    deadline=None,
    report_multiple_bugs=False,
    phases=(Phase.generate, Phase.shrink),
)
BROWSERS: Final = st.sampled_from([0, 1])


def policy() -> Policy:
    """Small limits, and a resend without a pause, so that the clock may stand still."""
    quick = scenario.quick_policy(Policy.hardened())
    a_day = Budget(amount=A_DAY, per=timedelta(days=1))
    return replace(
        quick,
        codes=CodePolicy(attempts=ATTEMPTS, resend_after=timedelta(0)),
        limits=replace(quick.limits, code_attempts_per_subject=a_day),
    )


class SignIn(RuleBasedStateMachine):
    """One member, two browsers at two addresses, and all the codes that come to the member's phone."""

    def __init__(self, build: Callable[[World], Flask]) -> None:
        super().__init__()
        world = World(limits=MemoryLimits(), policy=policy())
        self.inbox = world.messenger
        self.app = build(world)
        auth = self.app.extensions["entractes_auth"]
        self.member: scenario.Member = auth.run(scenario.approved(self.inbox, scenario.nurse()))
        self.browsers = [Browser.of(self.app, address) for address in ("192.0.2.1", "198.51.100.1")]
        self.erred_today = 0
        # Each code that opened the site, behind the cookie with which it came.
        self.accepted: list[tuple[str, str]] = []

    @rule(at=BROWSERS)
    def begins_to_sign_in(self, at: int) -> None:
        """The right password, and a code by SMS."""
        browser = self.browsers[at]
        browser.post("/connexion", identifier=self.member.identifier, password=self.member.password)
        browser.left = ATTEMPTS
        self._asks_for_a_code(browser)

    @precondition(lambda self: any(browser.left for browser in self.browsers))
    @rule()
    def asks_again(self) -> None:
        """Another code for each sign-in that is open: it gives no attempt back."""
        for browser in self.browsers:
            if browser.left > 0:
                self._asks_for_a_code(browser)

    @rule(at=BROWSERS, wrong_ones=st.integers(0, A_DAY))
    def types_codes(self, at: int, wrong_ones: int) -> None:
        """Some wrong codes, and then the right one, which must not help who erred too often."""
        browser = self.browsers[at]
        if browser.left == 0:
            self.begins_to_sign_in(at)
        for _ in range(wrong_ones):
            browser.post("/connexion/validation", code=scenario.another(browser.code))
            assert not browser.is_in, "a wrong code opened the site"
            self._errs(browser)
        cookie = browser.cookie
        browser.post("/connexion/validation", code=browser.code)
        if not browser.is_in:
            self._errs(browser)
            return
        assert browser.left > 0, f"a code was accepted after {ATTEMPTS} wrong ones on one sign-in"
        assert self.erred_today < A_DAY, f"a code was accepted after {A_DAY} wrong ones on one day"
        self.accepted.append((cookie, browser.code))
        browser.left = self.erred_today = 0

    @precondition(lambda self: self.accepted)
    @rule()
    def types_an_old_code(self) -> None:
        """A thief who copied cookie and code has both a moment too late."""
        for cookie, code in self.accepted:
            thief = Browser.of(self.app, "203.0.113.9", cookie)
            thief.post("/connexion/validation", code=code)
            assert not thief.is_in, "a code was accepted twice"

    def _asks_for_a_code(self, browser: Browser) -> None:
        if browser.post("/connexion/validation/envoi", channel="sms") < 400:
            browser.code = self.inbox.last_code_to(self.member.applicant.contacts.mobile)

    def _errs(self, browser: Browser) -> None:
        """An attempt less; without one left, nothing is judged, and the day loses nothing."""
        if browser.left > 0:
            browser.left -= 1
            self.erred_today = min(self.erred_today + 1, A_DAY)


def test_the_laws_of_sign_in_hold(build: Callable[[World], Flask]) -> None:
    """A limit is a limit from wherever one asks, an attempt is spent for good, and a code is good for once."""
    machine = cast("type[SignIn]", partial(SignIn, build))  # Hypothesis calls it, and asks for no more
    run_state_machine_as_test(machine, settings=SETTINGS)


def test_a_member_signs_in(build: Callable[[World], Flask]) -> None:
    """A site that refused everybody would keep all the laws above."""
    one_day = SignIn(build)
    one_day.types_codes(at=0, wrong_ones=ATTEMPTS - 1)
    assert one_day.browsers[0].is_in
