"""Errors travel: a pool of processes, a queue and a crash report hand them on as they are."""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context

import pytest

from entractes_auth import errors
from entractes_auth.errors import AuthError, NumberRefused, Problem
from entractes_auth.numbers import rpps

NEXT_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
WITH_FACTS: dict[type[AuthError], AuthError] = {
    type(error): error
    for error in (
        errors.InvalidInput(Problem("contacts.mobile", "not_a_phone")),
        errors.NumberRefused("siret", "format", "letter", position=7),
        errors.DocumentRefused(Problem("document", "empty")),
        errors.Limited(NEXT_YEAR),
        errors.NotPossibleNow("draft", "approve"),
        errors.Taken("email"),
        errors.DeliveryFailed("refused", permanent=True),
        errors.PolicyError("codes.digits", "must be 4 to 9"),
        errors.KeyMissing("k2"),
    )
}


def _kinds(root: type[AuthError]) -> list[type[AuthError]]:
    return [root, *(kind for below in root.__subclasses__() for kind in _kinds(below))]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("kind", [kind for kind in _kinds(AuthError) if kind.__module__ == errors.__name__])
def test_an_error_survives_pickling_and_copying(kind: type[AuthError], protocol: int) -> None:
    """Class, sentence and every fact."""
    error = WITH_FACTS.get(kind) or kind("a sentence")
    pickled = pickle.loads(pickle.dumps(error, protocol))  # noqa: S301 - our own bytes
    for again in (pickled, copy.copy(error), copy.deepcopy(error)):
        assert type(again) is kind
        assert str(again) == str(error)
        assert vars(again) == vars(error)


def test_a_pool_of_processes_gives_the_refusal_back() -> None:
    """A worker that refuses a number does not take the pool with it."""
    with (
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool,
        pytest.raises(NumberRefused) as refused,
    ):
        pool.submit(rpps.parse, "99700218897").result()
    assert (refused.value.code, refused.value.detail) == ("checksum", "key")
