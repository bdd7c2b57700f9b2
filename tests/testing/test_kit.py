"""The root of the kit: light, complete, and every small thing in it does what its name says."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from entractes_auth import testing
from entractes_auth.backends.ports import Granted
from entractes_auth.policy import Budget
from entractes_auth.testing import cheap_hasher, unlimited


def test_the_public_names_are_sorted_and_each_is_there() -> None:
    assert testing.__all__ == sorted(set(testing.__all__))
    for name in testing.__all__:
        assert getattr(testing, name).__name__ == name
    assert set(testing.__all__) <= set(dir(testing))


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'Nonsense'"):
        getattr(testing, "Nonsense")  # noqa: B009 - written out, it would be a type error


@pytest.mark.parametrize("name", ["", "FrozenClock", "World", "cheap_hasher", "unlimited"])
def test_what_is_not_about_pytest_or_hypothesis_imports_neither(name: str) -> None:
    """A host's demonstration may stand on the kit without the extra."""
    wanted = f"from entractes_auth.testing import {name}" if name else "import entractes_auth.testing"
    program = f"{wanted}; import sys; print('pytest' in sys.modules or 'hypothesis' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "False"


def test_unlimited_limits_refuse_nothing_however_often_one_asks() -> None:
    limits, once = unlimited(), Budget(amount=1, per=timedelta(days=1))
    now = datetime(2026, 3, 2, tzinfo=UTC)
    for _ in range(100):
        assert isinstance(limits.hit("sms", "+33612345678", once, now), Granted)
        assert isinstance(limits.peek("sms", "+33612345678", once, now), Granted)
    limits.clear("sms", "+33612345678", once)
    assert isinstance(limits.hit("sms", "+33612345678", once, now), Granted)


def test_the_cheap_hash_is_a_real_argon2id_with_the_smallest_parameters() -> None:
    hasher = cheap_hasher()
    hashed = hasher.hash(b"123456")
    assert hashed.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert hasher.verify(hashed, b"123456") is not None
    assert hasher.verify(hashed, b"123457") is None
