"""The attacks, each a round on one member, and what must have happened in it.

What was judged is counted twice, on the server's side: by the `witness` in its processes, and in the
audit trail, which must say the same. What an attacker sees is looked at too, and proves nothing by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from benchmarks.attack.tally import Bounds, Tally, deviation_of
from benchmarks.attack.target import Target
from benchmarks.attack.volley import Request
from entractes_auth.testing import scenario

__all__ = ["ATTACKS", "Round"]

PARALLEL: Final = 200
CHALLENGES: Final = 50

Round = tuple[Tally, str]
"""What happened, and "" or what of it deviated."""


def wrong_codes(target: Target) -> Round:
    """200 wrong codes at a limit of 3: exactly 3 are judged."""
    ticket, code = target.ticket()
    tally = target.attacked([_verify(ticket, scenario.another(code))] * PARALLEL)
    return tally, deviation_of(tally, Bounds(wrong=(3, 3)))


def right_codes(target: Target) -> Round:
    """200 times the right code: exactly one signs in."""
    ticket, code = target.ticket()
    tally = target.attacked([_verify(ticket, code)] * PARALLEL)
    return tally, deviation_of(tally, Bounds(right=(1, 3), signed_in=(1, 1)))


def mixed_codes(target: Target) -> Round:
    """100 right and 100 wrong codes: 3 are judged at most, and a right one among them signs in, once."""
    ticket, code = target.ticket()
    pair = [_verify(ticket, code), _verify(ticket, scenario.another(code))]
    tally = target.attacked(pair * (PARALLEL // 2))
    # Without a right one among them, the wrong ones were quicker and used the attempts up.
    bounds = Bounds(wrong=(0, 2), right=(1, 3), signed_in=(1, 1)) if tally.right else Bounds(wrong=(3, 3))
    return tally, deviation_of(tally, bounds)


def after_a_resend(target: Target) -> Round:
    """Two wrong codes, a resend, 200 wrong codes: it gives no attempt back, so one more is judged."""
    ticket, code = target.ticket()
    wrong = _verify(ticket, scenario.another(code))
    first = target.attacked([wrong] * 2)
    sent = target.attacked([_resend(ticket)])
    newest = target.newest_code()
    guess = next(each for each in ("0000", "1111", "2222") if each not in (code, newest))
    tally = first + sent + target.attacked([_verify(ticket, guess)] * PARALLEL)
    return tally, deviation_of(tally, Bounds(wrong=(3, 3), sent=(1, 1)))


def amid_a_resend(target: Target) -> Round:
    """200 wrong codes and two resends at the same instant: at most one is sent, and no attempt comes back."""
    ticket, code = target.ticket()
    guess = scenario.another(code)
    wrong, resend = _verify(ticket, guess), _resend(ticket)
    tally = target.attacked([wrong, resend, resend, *[wrong] * (PARALLEL - 1)])
    if tally.sent and target.newest_code() == guess:
        return amid_a_resend(target)  # one guess in ten thousand is right: that round says nothing
    return tally, deviation_of(tally, Bounds(wrong=(3, 3), sent=(0, 1)))


def fifty_challenges(target: Target) -> Round:
    """Four wrong codes for each of 50 challenges: the member's day has 15, whatever the challenge."""
    tickets: list[tuple[str, str]] = []
    for _ in range(CHALLENGES):
        tickets.append(target.ticket())
        target.clear("codes_per_subject")  # the codes are counted too; that budget is another attack's
    requests = [_verify(ticket, scenario.another(code)) for ticket, code in tickets]
    tally = target.attacked(requests * (PARALLEL // CHALLENGES))
    most = target.host.policy.limits.code_attempts_per_subject.amount
    return tally, deviation_of(tally, Bounds(wrong=(most, most)))


ATTACKS: Final[Mapping[str, Callable[[Target], Round]]] = {
    "200 wrong codes": wrong_codes,
    "200 right codes": right_codes,
    "100 right, 100 wrong": mixed_codes,
    "a resend between": after_a_resend,
    "a resend in the middle": amid_a_resend,
    "50 challenges, one day": fifty_challenges,
}


def _verify(ticket: str, code: str) -> Request:
    return Request("/verify", (("ticket", ticket), ("code", code)))


def _resend(ticket: str) -> Request:
    return Request("/send", (("ticket", ticket),))
