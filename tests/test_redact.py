"""A secret is printed by nothing but `reveal()`."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback
from collections.abc import Callable

import pytest

from entractes_auth.redact import Secret

TEXT = "hunter2-ÿ"


WAYS: dict[str, Callable[[Secret], str]] = {
    "repr": repr,
    "str": str,
    "format": "{}".format,
    "f-string": lambda secret: f"{secret!r} {secret!s} {secret!a}",
    "percent": lambda secret: "%s %r" % (secret, secret),  # noqa: UP031 - it is what we test
    "inside containers": lambda secret: repr([{"password": (secret,)}]),
    "inside an error": lambda secret: repr(KeyError(secret)),
}


@pytest.mark.parametrize("way", WAYS)
def test_no_way_of_printing_shows_the_text(way: str) -> None:
    shown = WAYS[way](Secret(TEXT))
    assert "hunter2" not in shown
    assert "•" in shown or "\\u2022" in shown


def test_a_log_line_and_a_traceback_show_dots(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("host").warning("signed in with %s", Secret(TEXT))
    assert "hunter2" not in caplog.text
    with pytest.raises(ValueError, match="•") as caught:
        raise ValueError(Secret(TEXT))
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    "leak", [pickle.dumps, copy.copy, copy.deepcopy, json.dumps], ids=["pickle", "copy", "deepcopy", "json"]
)
def test_a_secret_is_neither_pickled_nor_copied_nor_written_as_json(leak: Callable[[Secret], object]) -> None:
    with pytest.raises(TypeError) as caught:
        leak(Secret(TEXT))
    assert "hunter2" not in str(caught.value)


def test_reveal_gives_the_text_and_equality_is_that_of_the_texts() -> None:
    assert Secret(TEXT).reveal() == TEXT
    assert Secret(TEXT) == Secret(TEXT)
    assert Secret(TEXT) != Secret("other")
    assert Secret(TEXT) != TEXT
    assert len({Secret(TEXT), Secret(TEXT), Secret("other")}) == 2


def test_a_secret_has_no_dictionary_that_a_dump_of_objects_would_walk() -> None:
    with pytest.raises(TypeError):
        vars(Secret(TEXT))
