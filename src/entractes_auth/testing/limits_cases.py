"""Cases of the contract of `backends.ports.Limits`. Time is a parameter: none of them waits."""

# ruff: noqa: S101 - the asserts are the contract
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from entractes_auth.backends.ports import AsyncLimits, Exceeded, Granted
from entractes_auth.policy import Budget
from entractes_auth.testing.builders import NOW
from entractes_auth.testing.cases import Race, Suite

__all__ = ["LIMITS", "LimitsRig"]

HOUR: Final = timedelta(hours=1)
INSTANT: Final = timedelta(microseconds=1)
THREE: Final = Budget(amount=3, per=HOUR)
CROWD: Final = 200
PHONE: Final = "+33612345678"


@dataclass(frozen=True, slots=True)
class LimitsRig:
    """Empty counters, seen as async ones, and the means to race on them."""

    limits: AsyncLimits
    race: Race


LIMITS: Final[Suite[LimitsRig]] = Suite("limits")


async def use_up(rig: LimitsRig, name: str = "sms", subject: str = PHONE) -> None:
    """Take all that the budget gives, at NOW."""
    for _ in range(THREE.amount):
        assert isinstance(await rig.limits.hit(name, subject, THREE, NOW), Granted)


@LIMITS.each({str(amount): amount for amount in (1, 3, 10)})
async def a_budget_grants_its_amount(amount: int, rig: LimitsRig) -> None:
    """`amount` hits are granted, each saying how many are left, and the next is refused."""
    budget = Budget(amount=amount, per=HOUR)
    answers = [await rig.limits.hit("sms", PHONE, budget, NOW) for _ in range(amount + 2)]
    assert answers == [*(Granted(left) for left in reversed(range(amount))), *[Exceeded(NOW + HOUR)] * 2]


@LIMITS.case
async def the_window_is_counted_from_the_first_hit(rig: LimitsRig) -> None:
    """The wait ends `per` after the first hit of the window, however late the others came."""
    for minutes in (0, 30, 59):
        await rig.limits.hit("sms", PHONE, THREE, NOW + timedelta(minutes=minutes))
    refused = await rig.limits.hit("sms", PHONE, THREE, NOW + HOUR - INSTANT)
    assert refused == Exceeded(NOW + HOUR)


@LIMITS.case
async def the_whole_budget_is_back_at_retry_at(rig: LimitsRig) -> None:
    """`retry_at` is exact and in UTC: refused an instant before, granted at it, with a whole new window."""
    await use_up(rig)
    refused = await rig.limits.hit("sms", PHONE, THREE, NOW + HOUR - INSTANT)
    assert isinstance(refused, Exceeded)
    assert refused.retry_at == NOW + HOUR
    assert refused.retry_at.utcoffset() == timedelta(0)
    again = [await rig.limits.hit("sms", PHONE, THREE, refused.retry_at) for _ in range(4)]
    assert again == [Granted(2), Granted(1), Granted(0), Exceeded(NOW + 2 * HOUR)]


@LIMITS.case
async def the_next_window_begins_with_its_own_first_hit(rig: LimitsRig) -> None:
    """Windows do not follow one another on a grid: the next one begins when somebody hits again."""
    await use_up(rig)
    late = NOW + timedelta(hours=5, minutes=17)
    answers = [await rig.limits.hit("sms", PHONE, THREE, late) for _ in range(4)]
    assert answers[-1] == Exceeded(late + HOUR)


@LIMITS.case
async def a_refused_hit_does_not_lengthen_the_wait(rig: LimitsRig) -> None:
    """Who keeps trying waits no longer: otherwise a stranger's tries would lock the subject for ever."""
    await use_up(rig)
    for minutes in range(1, 60):
        at = NOW + timedelta(minutes=minutes)
        assert await rig.limits.hit("sms", PHONE, THREE, at) == Exceeded(NOW + HOUR)
    assert await rig.limits.hit("sms", PHONE, THREE, NOW + HOUR) == Granted(2)


@LIMITS.case
async def a_peek_tells_what_a_hit_would_and_counts_nothing(rig: LimitsRig) -> None:
    """Peeking, as often as one likes, gives the next hit's answer and leaves it to be given."""
    for at in (NOW, NOW, NOW + timedelta(minutes=1), NOW + timedelta(minutes=2)):
        told = {await rig.limits.peek("sms", PHONE, THREE, at) for _ in range(5)}
        assert told == {await rig.limits.hit("sms", PHONE, THREE, at)}
    assert await rig.limits.peek("sms", PHONE, THREE, NOW + HOUR - INSTANT) == Exceeded(NOW + HOUR)
    assert await rig.limits.peek("sms", PHONE, THREE, NOW + HOUR) == Granted(2)


@LIMITS.case
async def a_peek_begins_no_window(rig: LimitsRig) -> None:
    """The window is counted from the first hit, not from a peek before it."""
    await rig.limits.peek("sms", PHONE, THREE, NOW)
    first = NOW + timedelta(minutes=30)
    answers = [await rig.limits.hit("sms", PHONE, THREE, first) for _ in range(4)]
    assert answers[-1] == Exceeded(first + HOUR)


@LIMITS.each(
    {
        "another_name": ("email", PHONE),
        "another_subject": ("sms", "+33612345679"),
        "name_and_subject_run_together": ("sm", f"s{PHONE}"),
        "subject_with_a_separator": ("sms", f"{PHONE}:1"),
        "name_with_a_separator": (f"sms:{PHONE}", ""),
        "no_subject": ("sms", ""),
        "other_letters": ("sms", "𠮷 d'où %_/\\"),
        "subject_with_an_end": ("sms", f"{PHONE}\0"),
        "subject_in_braces": ("sms", f"{{{PHONE}}}"),
    }
)
async def counters_are_kept_apart(other: tuple[str, str], rig: LimitsRig) -> None:
    """Each name and subject has a counter of its own: nobody is made to wait for somebody else."""
    name, subject = other
    await use_up(rig)
    assert await rig.limits.hit(name, subject, THREE, NOW) == Granted(2)
    await use_up(rig, f"{name} again", subject)
    assert await rig.limits.hit("sms", PHONE, THREE, NOW) == Exceeded(NOW + HOUR)


@LIMITS.case
async def clear_forgets_one_counter(rig: LimitsRig) -> None:
    """`clear` gives one subject its whole budget back, and touches no other name or subject."""
    others = (("email", PHONE), ("sms", "+33612345679"))
    for name, subject in (("sms", PHONE), *others):
        await use_up(rig, name, subject)
    await rig.limits.clear("sms", PHONE, THREE)
    assert await rig.limits.hit("sms", PHONE, THREE, NOW + timedelta(minutes=1)) == Granted(2)
    for name, subject in others:
        assert await rig.limits.hit(name, subject, THREE, NOW) == Exceeded(NOW + HOUR)


@LIMITS.case
async def clearing_what_was_never_hit_is_no_error(rig: LimitsRig) -> None:
    """A success clears the counter of failures whether or not there were any."""
    await rig.limits.clear("sms", PHONE, THREE)
    assert await rig.limits.hit("sms", PHONE, THREE, NOW) == Granted(2)


@LIMITS.each(
    {
        "a_second": timedelta(seconds=1),
        "a_second_and_a_half": timedelta(seconds=1.5),
        "a_month": timedelta(days=31),
    }
)
async def short_and_long_windows_are_exact(per: timedelta, rig: LimitsRig) -> None:
    """The shortest and the longest window that a policy may ask for end when they say."""
    once = Budget(amount=1, per=per)
    await rig.limits.hit("sms", PHONE, once, NOW)
    assert await rig.limits.hit("sms", PHONE, once, NOW + per - INSTANT) == Exceeded(NOW + per)
    assert await rig.limits.hit("sms", PHONE, once, NOW + per) == Granted(0)


@LIMITS.case
async def the_wait_is_exact_to_the_microsecond(rig: LimitsRig) -> None:
    """A window that begins between two seconds ends between two seconds."""
    once, begin = Budget(amount=1, per=HOUR), NOW + timedelta(microseconds=123_457)
    await rig.limits.hit("sms", PHONE, once, begin)
    assert await rig.limits.hit("sms", PHONE, once, begin + HOUR - INSTANT) == Exceeded(begin + HOUR)
    assert await rig.limits.hit("sms", PHONE, once, begin + HOUR) == Granted(0)


@LIMITS.case
async def a_clock_that_steps_back_gives_no_hit_back(rig: LimitsRig) -> None:
    """Hits that were counted "later" still count, and the window ends when it always did."""
    await rig.limits.hit("sms", PHONE, THREE, NOW)
    assert await rig.limits.peek("sms", PHONE, THREE, NOW - timedelta(minutes=30)) == Granted(1)
    assert await rig.limits.hit("sms", PHONE, THREE, NOW - timedelta(minutes=30)) == Granted(1)
    assert await rig.limits.hit("sms", PHONE, THREE, NOW - HOUR) == Granted(0)
    for at in (NOW - HOUR, NOW - timedelta(minutes=1), NOW + HOUR - INSTANT):
        assert await rig.limits.hit("sms", PHONE, THREE, at) == Exceeded(NOW + HOUR)
        assert await rig.limits.peek("sms", PHONE, THREE, at) == Exceeded(NOW + HOUR)
    assert await rig.limits.hit("sms", PHONE, THREE, NOW + HOUR) == Granted(2)


@LIMITS.case
async def a_window_of_a_wrong_clock_locks_nobody(rig: LimitsRig) -> None:
    """A window that begins more than its own length ahead is over: nobody waits for that day to come."""
    for _ in range(3):
        await rig.limits.hit("sms", PHONE, THREE, NOW + timedelta(days=400))
    assert await rig.limits.hit("sms", PHONE, THREE, NOW + timedelta(days=400)) == Exceeded(
        NOW + timedelta(days=400) + HOUR
    )
    assert await rig.limits.peek("sms", PHONE, THREE, NOW) == Granted(2)
    answers = [await rig.limits.hit("sms", PHONE, THREE, NOW) for _ in range(4)]
    assert answers == [Granted(2), Granted(1), Granted(0), Exceeded(NOW + HOUR)]


@LIMITS.case
async def a_larger_budget_takes_effect_at_once(rig: LimitsRig) -> None:
    """A policy that allows more lets the running window go on, however often it was refused before."""
    await use_up(rig)
    for _ in range(5):
        await rig.limits.hit("sms", PHONE, THREE, NOW)
    five = Budget(amount=5, per=HOUR)
    answers = [await rig.limits.hit("sms", PHONE, five, NOW) for _ in range(3)]
    assert answers == [Granted(1), Granted(0), Exceeded(NOW + HOUR)]


@LIMITS.case
async def a_smaller_budget_takes_effect_at_once(rig: LimitsRig) -> None:
    """A policy that allows less than was granted already refuses, until the same end of the window."""
    await use_up(rig)
    two = Budget(amount=2, per=HOUR)
    assert await rig.limits.peek("sms", PHONE, two, NOW) == Exceeded(NOW + HOUR)
    assert await rig.limits.hit("sms", PHONE, two, NOW) == Exceeded(NOW + HOUR)


@LIMITS.each(
    {
        "half_a_surrogate_pair": "\ud800",
        "nul": "\0",
        "line_ends": "a\r\nDEL *",
        "a_hash_tag": "{+33612345678}",
        "right_to_left": "\u202eעברית",
        "a_megabyte": "9" * 1_000_000,
    }
)
async def any_text_is_a_subject(subject: str, rig: LimitsRig) -> None:
    """Who asks chooses the text: whatever JSON can bring has a budget like any other, and no error to offer."""
    assert await rig.limits.peek("sms", subject, THREE, NOW) == Granted(2)
    answers = [await rig.limits.hit("sms", subject, THREE, NOW) for _ in range(4)]
    assert answers == [Granted(2), Granted(1), Granted(0), Exceeded(NOW + HOUR)]
    await rig.limits.clear("sms", subject, THREE)
    assert await rig.limits.hit("sms", subject, THREE, NOW) == Granted(2)


@LIMITS.each({"when_fresh": None, "when_a_window_is_over": NOW - 2 * HOUR})
async def a_crowd_is_granted_exactly_the_amount(last_window: datetime | None, rig: LimitsRig) -> None:
    """200 hits at the same instant are granted exactly the amount, each with its own remainder."""
    budget = Budget(amount=10, per=HOUR)
    if last_window is not None:
        for _ in range(budget.amount):
            await rig.limits.hit("sms", PHONE, budget, last_window)

    async def hit(place: int) -> Granted | Exceeded:
        return await rig.limits.hit("sms", PHONE, budget, NOW)

    ends = await rig.race(CROWD, hit)
    granted = [end.remaining for end in ends if isinstance(end, Granted)]
    assert sorted(granted) == list(range(10))
    assert ends.count(Exceeded(NOW + HOUR)) == CROWD - 10


@LIMITS.case
async def a_crowd_on_clocks_that_differ_is_granted_exactly_the_amount(rig: LimitsRig) -> None:
    """Servers whose clocks are seconds apart share one window, and tell one end of it."""
    budget = Budget(amount=10, per=HOUR)

    async def hit(place: int) -> Granted | Exceeded:
        return await rig.limits.hit("sms", PHONE, budget, NOW + timedelta(seconds=place % 7 - 3))

    ends = await rig.race(CROWD, hit)
    granted = [end.remaining for end in ends if isinstance(end, Granted)]
    assert sorted(granted) == list(range(10))
    assert len({end.retry_at for end in ends if isinstance(end, Exceeded)}) == 1


@LIMITS.case
async def crowds_of_several_subjects_do_not_meet(rig: LimitsRig) -> None:
    """Of 200 hits at the same instant on five subjects, each subject is granted its own amount."""

    async def hit(place: int) -> tuple[int, Granted | Exceeded]:
        return place % 5, await rig.limits.hit("sms", f"{PHONE}/{place % 5}", THREE, NOW)

    ends = [end for end in await rig.race(CROWD, hit) if isinstance(end, tuple)]
    granted = [subject for subject, told in ends if isinstance(told, Granted)]
    assert len(ends) == CROWD
    assert sorted(granted) == sorted([0, 1, 2, 3, 4] * THREE.amount)
