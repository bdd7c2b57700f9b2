"""A second run of a flow repeats no question that counts, and asks everything else afresh."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from entractes_auth.colour import Memory, drive, remembering
from entractes_auth.errors import StoreUnavailable

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Counted:
    """A port that counts how often it is asked, and answers with the count."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[Any, ...]]] = []

    def __getattr__(self, name: str) -> Callable[..., Coroutine[Any, Any, int]]:
        async def method(*args: Any, **kwargs: Any) -> int:
            self.asked.append((name, (*args, *kwargs.values())))
            return len(self.asked)

        return method


ONCE = ("spend", "hit", "verify", "hash", "put")
FRESH = ("registration", "account", "glance", "commit", "peek", "clear", "delete", "send", "decoy")


@pytest.mark.parametrize("name", ONCE)
def test_what_counts_is_asked_once_whatever_the_time_of_the_next_run(name: str) -> None:
    port, memory = Counted(), Memory()
    ask = getattr(remembering(port, memory), name)
    first = drive(ask("subject", NOW))
    memory.rewind()
    assert drive(ask("subject", NOW + timedelta(seconds=3))) == first
    assert len(port.asked) == 1


@pytest.mark.parametrize("name", FRESH)
def test_everything_else_is_asked_afresh(name: str) -> None:
    port, memory = Counted(), Memory()
    ask = getattr(remembering(port, memory), name)
    assert drive(ask("subject", NOW)) == 1
    memory.rewind()
    assert drive(ask("subject", NOW)) == 2


def test_equal_questions_of_one_run_are_separate_and_replayed_in_their_order() -> None:
    port, memory = Counted(), Memory()
    hit = remembering(port, memory).hit
    first = [drive(hit("phone", "a")), drive(hit("phone", "a")), drive(hit("phone", "b"))]
    memory.rewind()
    assert (
        [drive(hit("phone", "a")), drive(hit("phone", "a")), drive(hit("phone", "b"))] == first == [1, 2, 3]
    )
    assert drive(hit("phone", "a")) == 4


def test_positional_and_named_arguments_are_part_of_the_question() -> None:
    port, memory = Counted(), Memory()
    hit = remembering(port, memory).hit
    asked = [hit("a"), hit("b"), hit(name="a"), hit(name="b"), hit(subject="a"), hit("name", "a")]
    assert [drive(each) for each in asked] == [1, 2, 3, 4, 5, 6]


def test_two_ports_with_a_method_of_one_name_do_not_answer_for_each_other() -> None:
    """The hasher and the CAPTCHA both `verify`; the next run may ask one of them alone."""
    memory, hasher, captcha = Memory(), Counted(), Counted()
    drive(captcha.decoy())  # so that their answers differ
    first, second = remembering(hasher, memory), remembering(captcha, memory)
    assert [drive(first.verify("x", "y")), drive(second.verify("x", "y"))] == [1, 2]
    memory.rewind()
    assert drive(second.verify("x", "y")) == 2


CHUNKS: dict[str, object] = {
    "list": [b"one", b"two"],
    "tuple": (b"one", b"two"),
    "tuple of mutable": (bytearray(b"one"),),
    "iterator": iter([b"one"]),
}


@pytest.mark.parametrize("kind", CHUNKS)
def test_an_upload_is_stored_once_although_its_chunks_are_read_only_once(kind: str) -> None:
    chunks = CHUNKS[kind]
    port, memory = Counted(), Memory()
    put = remembering(port, memory).put
    first = drive(put(chunks, 10))
    memory.rewind()
    assert drive(put(chunks, 10)) == first


def test_a_question_that_failed_has_no_answer_and_is_asked_again() -> None:
    class Flaky:
        def __init__(self) -> None:
            self.calls = 0

        async def hit(self, name: str) -> str:
            self.calls += 1
            if self.calls == 1:
                raise StoreUnavailable
            return name

    memory = Memory()
    hit = remembering(Flaky(), memory).hit
    with pytest.raises(StoreUnavailable):
        drive(hit("phone"))
    assert drive(hit("phone")) == "phone"
    memory.rewind()
    assert drive(hit("phone")) == "phone"
