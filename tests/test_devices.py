"""Device tokens: the own device is recognised, every other text is a stranger's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entractes_auth import Keyring
from entractes_auth.devices import recognise, remember
from entractes_auth.redact import Secret

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LIFETIME = timedelta(days=180)
KEYS = Keyring({"k1": bytes(range(32))})
DEVICE, OTHER = "a" * 32, "b" * 32

identifiers = st.text(alphabet="0123456789", min_size=5, max_size=12)


def made(*identifiers: str, keep: int = 8) -> str:
    """A jar in which each of these members signed in, the last one last."""
    jar = Secret("")
    for identifier in identifiers:
        jar = remember(jar, identifier, DEVICE, KEYS, now=NOW, keep=keep)
    return jar.reveal()


def known(jar: str, identifier: str, *, keys: Keyring = KEYS, now: datetime = NOW) -> str | None:
    return recognise(jar, identifier, keys, now=now, lifetime=LIFETIME)


@given(identifiers)
def test_the_own_device_is_recognised(identifier: str) -> None:
    """What `remember` made, `recognise` knows, for that identifier."""
    assert known(made(identifier), identifier) == DEVICE


@given(identifiers, identifiers)
def test_the_token_of_one_account_is_noise_for_every_other(mine: str, theirs: str) -> None:
    """A member with a token of the own gets no budget on another's account."""
    assert (known(made(mine), theirs) == DEVICE) == (mine == theirs)


@given(st.text(), identifiers)
def test_no_text_of_a_strangers_is_a_device(jar: str, identifier: str) -> None:
    """Nor does any raise: the jar is a cookie, and whoever sends it writes what he likes."""
    assert known(jar, identifier) is None


@given(st.data())
def test_a_changed_character_makes_it_a_strangers(data: st.DataObject) -> None:
    """Key name, id, day and MAC are all under the MAC."""
    jar = made("12345")
    at = data.draw(st.integers(0, len(jar) - 1))
    character = data.draw(st.characters(codec="ascii").filter(lambda c: c != jar[at]))
    assert known(jar[:at] + character + jar[at + 1 :], "12345") is None


def test_it_does_not_show_the_identifier() -> None:
    """Who copies a jar learns nothing about who signed in."""
    assert "48213" not in made("48213")


def test_it_is_known_until_its_lifetime_is_over() -> None:
    """And not one day longer."""
    jar = made("12345")
    assert known(jar, "12345", now=NOW + LIFETIME) == DEVICE
    assert known(jar, "12345", now=NOW + LIFETIME + timedelta(days=1)) is None


def test_a_clock_that_was_set_back_forgets_nobody() -> None:
    """A token of a day that has not come is as good as today's."""
    assert known(made("12345"), "12345", now=NOW - timedelta(days=2)) == DEVICE


def test_a_token_outlives_the_rotation_and_dies_with_its_key() -> None:
    """The old key still opens it; without that key it is a stranger's."""
    jar, new = made("12345"), bytes(range(1, 33))
    assert known(jar, "12345", keys=Keyring({"k2": new, "k1": bytes(range(32))})) == DEVICE
    assert known(jar, "12345", keys=Keyring({"k2": new})) is None


@given(st.lists(identifiers, unique=True, min_size=1, max_size=12), st.integers(1, 8))
def test_a_jar_keeps_the_newest(members: list[str], keep: int) -> None:
    """On a shared computer, those who signed in last are known, and the jar does not grow."""
    jar = made(*members, keep=keep)
    assert [known(jar, each) is not None for each in members] == [
        index >= len(members) - keep for index in range(len(members))
    ]


def test_signing_in_again_replaces_the_token() -> None:
    """One member has one token in a jar."""
    jar = made("12345", "67890", "12345")
    assert jar.count("~") == 1
    assert known(jar, "12345") == known(jar, "67890") == DEVICE


@pytest.mark.parametrize("filler", ["x~", "k1." + "0" * 32 + ".20000." + "A" * 43 + "~"])
def test_a_cookie_that_a_stranger_filled_costs_little(filler: str) -> None:
    """Beyond a bound nothing is looked at: no MAC is computed for the ten-thousandth token."""
    assert known(filler * 10_000 + made("12345"), "12345") is None


def test_rubbish_in_the_jar_is_thrown_out() -> None:
    """The next sign-in gives a clean jar."""
    jar = remember("rubbish~" + made("12345"), "67890", OTHER, KEYS, now=NOW, keep=8).reveal()
    assert "rubbish" not in jar
    assert known(jar, "67890") == OTHER
    assert known(jar, "12345") == DEVICE
