"""Argon2id hashes are verified, renewed and imitated as the port promises."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import threading
import time

import pytest
from argon2 import PasswordHasher, Type, extract_parameters
from argon2.low_level import hash_secret
from hypothesis import given, settings
from hypothesis import strategies as st

from entractes_auth.backends.hashing.argon2 import Argon2Hasher
from entractes_auth.backends.ports import Hasher, Matched
from entractes_auth.errors import ConfigurationError
from entractes_auth.policy import HashPolicy

_LIGHT = HashPolicy(time_cost=1, memory_kib=64, parallelism=1)


@settings(max_examples=25)
@given(st.binary(max_size=64), st.binary(max_size=64))
def test_a_hash_matches_its_secret_and_no_other(secret: bytes, other: bytes) -> None:
    hasher: Hasher = Argon2Hasher(_LIGHT)
    hashed = hasher.hash(secret)
    assert hasher.verify(hashed, secret) == Matched(outdated=False)
    assert (hasher.verify(hashed, other) is None) == (other != secret)


def test_bytes_that_are_no_text_are_a_secret_like_any_other() -> None:
    """An HMAC holds zeros and bytes above 127: nothing may be cut at the first zero."""
    hasher = Argon2Hasher(_LIGHT)
    hashed = hasher.hash(b"\x00\xff\x001")
    assert hasher.verify(hashed, b"\x00\xff\x001") is not None
    assert hasher.verify(hashed, b"\x00\xff\x002") is None


def test_two_hashes_of_one_secret_differ() -> None:
    hasher = Argon2Hasher(_LIGHT)
    assert hasher.hash(b"123456") != hasher.hash(b"123456")


def test_the_hash_is_argon2id_with_the_parameters_of_the_policy() -> None:
    parameters = extract_parameters(
        Argon2Hasher(HashPolicy(time_cost=2, memory_kib=128, parallelism=2)).hash(b"1")
    )
    assert (parameters.type, parameters.version) == (Type.ID, 19)
    assert (parameters.time_cost, parameters.memory_cost, parameters.parallelism) == (2, 128, 2)
    assert (parameters.salt_len, parameters.hash_len) == (16, 32)


@pytest.mark.parametrize(
    "change", [{"time_cost": 2}, {"memory_kib": 128}, {"parallelism": 2}], ids=["time", "memory", "lanes"]
)
def test_a_hash_with_other_parameters_still_matches_and_asks_to_be_renewed(change: dict[str, int]) -> None:
    old = Argon2Hasher(_LIGHT).hash(b"123456")
    today = Argon2Hasher(dataclasses.replace(_LIGHT, **change))
    assert today.verify(old, b"123456") == Matched(outdated=True)
    assert today.verify(old, b"123457") is None


def test_a_hash_by_another_program_is_verified() -> None:
    """The stored form is the reference one, so that accounts can be moved in and out."""
    theirs = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1, hash_len=32, salt_len=16).hash(
        b"123456"
    )
    assert Argon2Hasher(_LIGHT).verify(theirs, b"123456") == Matched(outdated=False)


@pytest.mark.parametrize(
    "damaged",
    [
        "",
        "123456",
        "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ",
        "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$",
        "$argon2id$v=19$m=64,t=1,p=1$é$é",
        "$argon2id$v=19$m=1,t=0,p=0$c2FsdHNhbHRzYWx0$c2FsdHNhbHRzYWx0",
        "$2b$12$abcdefghijklmnopqrstuv",
    ],
)
def test_a_damaged_hash_is_reported_and_opens_nothing(damaged: str) -> None:
    with pytest.raises(ConfigurationError) as reported:
        Argon2Hasher(_LIGHT).verify(damaged, b"123456")
    assert not damaged or damaged not in str(reported.value)


def test_another_kind_of_argon2_opens_nothing() -> None:
    weaker = hash_secret(b"123456", b"s" * 16, 1, 64, 1, 32, Type.I).decode()
    with pytest.raises(ConfigurationError):
        Argon2Hasher(_LIGHT).verify(weaker, b"123456")


_WITHOUT_MEMORY = """
import resource
from entractes_auth.backends.hashing.argon2 import Argon2Hasher
from entractes_auth.errors import ConfigurationError
from entractes_auth.policy import HashPolicy

resource.setrlimit(resource.RLIMIT_AS, (512 * 2**20, 512 * 2**20))
hasher = Argon2Hasher(HashPolicy(time_cost=1, memory_kib=2**20, parallelism=1))
for attempt in (lambda: hasher.hash(b"1"), lambda: hasher.verify(hasher.decoy(), b"1")):
    try:
        attempt()
    except ConfigurationError as error:
        print(error)
"""


def test_a_machine_without_enough_memory_is_reported_as_a_setting() -> None:
    """In a process that may take 512 MiB, hashes of 1 GiB: no answer, rather than a wrong one."""
    done = subprocess.run([sys.executable, "-c", _WITHOUT_MEMORY], capture_output=True, text=True, check=True)
    assert done.stdout.count("Memory allocation error") == 2
    assert done.stdout.count("credentials.hash") == 2


def test_the_decoy_is_one_hash_per_hasher_with_the_parameters_of_today_and_matches_nothing() -> None:
    hasher = Argon2Hasher(_LIGHT)
    decoy = hasher.decoy()
    assert decoy == hasher.decoy() != Argon2Hasher(_LIGHT).decoy()
    assert extract_parameters(decoy) == extract_parameters(hasher.hash(b"123456"))
    assert all(hasher.verify(decoy, secret) is None for secret in (b"", b"123456", decoy.encode()))


def test_the_decoy_costs_no_hash() -> None:
    """The first unknown identifier must not be answered later than the second, nor than a known one."""
    started = time.perf_counter()
    hasher = Argon2Hasher(HashPolicy(time_cost=3, memory_kib=65536, parallelism=4))
    hasher.decoy()
    making = time.perf_counter() - started
    started = time.perf_counter()
    hasher.verify(hasher.decoy(), b"123456")
    checking = time.perf_counter() - started
    assert making < checking / 2


def test_one_hasher_serves_many_threads() -> None:
    hasher = Argon2Hasher(_LIGHT)
    together = threading.Barrier(8)
    right: list[bool] = []

    def check(secret: bytes) -> None:
        together.wait()
        hashed = hasher.hash(secret)
        right.append(
            hasher.verify(hashed, secret) is not None and hasher.verify(hashed, secret + b"x") is None
        )

    threads = [threading.Thread(target=check, args=(str(number).encode(),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert right == [True] * 8
