"""A keyring takes good keys only, shows none of them, and makes MACs that no other purpose or list of parts has."""

from __future__ import annotations

import base64
import copy
import hmac
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entractes_auth.errors import ConfigurationError, KeyMissing
from entractes_auth.keys import ENVIRONMENT_VARIABLE, Keyring

OLD = bytes(range(32))
NEW = bytes(range(100, 140))
PARTS = st.lists(st.binary(max_size=6), max_size=4)


def as_text(key: bytes) -> str:
    return base64.urlsafe_b64encode(key).decode()


def hkdf_expand(prk: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869, section 2.3, word for word."""
    okm, block = b"", b""
    for number in range(1, -(-length // 32) + 1):
        block = hmac.digest(prk, block + info + bytes([number]), "sha256")
        okm += block
    return okm[:length]


def test_the_reference_that_we_compare_with_is_hkdf() -> None:
    """RFC 5869, appendix A.1."""
    prk = bytes.fromhex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5")
    okm = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    assert hkdf_expand(prk, bytes(range(0xF0, 0xFA)), 42).hex() == okm


def test_a_mac_is_hmac_sha256_under_the_purposes_own_hkdf_subkey() -> None:
    subkey = hkdf_expand(OLD, b"entractes_auth/code", 32)
    framed = (1).to_bytes(8, "big") + b"a" + (0).to_bytes(8, "big") + (2).to_bytes(8, "big") + b"bc"
    assert Keyring({"k1": OLD}).mac("k1", "code", b"a", b"", b"bc") == hmac.digest(subkey, framed, "sha256")


@given(one=PARTS, other=PARTS)
def test_no_two_lists_of_parts_have_the_same_mac(one: list[bytes], other: list[bytes]) -> None:
    keys = Keyring({"k1": OLD})
    same = keys.mac("k1", "code", *one) == keys.mac("k1", "code", *other)
    assert same == (one == other)


@given(parts=PARTS.filter(lambda parts: b"".join(parts) != b""))
def test_where_one_part_ends_and_the_next_begins_counts(parts: list[bytes]) -> None:
    keys = Keyring({"k1": OLD})
    joined = b"".join(parts)
    macs = {keys.mac("k1", "code", joined[:cut], joined[cut:]) for cut in range(len(joined) + 1)}
    assert len(macs) == len(joined) + 1


def test_each_purpose_and_each_key_gives_its_own_mac() -> None:
    keys = Keyring({"k1": OLD, "k2": NEW})
    macs = {
        keys.mac(key, purpose, b"x") for key in ("k1", "k2") for purpose in ("code", "pepper", "link/login")
    }
    assert len(macs) == 6


@pytest.mark.parametrize("count", [1, 4, 6, 12, 30])
def test_digits_are_exactly_as_many_as_asked_leading_zeros_included(count: int) -> None:
    keys = Keyring({"k1": OLD})
    drawn = [keys.digits("k1", "issued-password", count, bytes([n])) for n in range(60)]
    assert all(len(text) == count and text.isascii() and text.isdigit() for text in drawn)
    assert any(text.startswith("0") for text in drawn)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        pytest.param({}, "empty", id="none"),
        pytest.param({"k1": OLD[:31]}, "31 bytes", id="short"),
        pytest.param({"k1": b""}, "0 bytes", id="no bytes"),
        pytest.param({"k1": b"\x00" * 32}, "not random", id="zeros"),
        pytest.param({"k1": b"change-" * 5}, "not random", id="placeholder"),
        pytest.param({"k1": OLD, "k2": OLD}, "under two names", id="duplicate"),
        pytest.param({"": OLD}, "name", id="no name"),
        pytest.param({"a" * 17: OLD}, "name", id="long name"),
        pytest.param({"k.1": OLD}, "name", id="a dot would part a link"),
        pytest.param({"clé": OLD}, "name", id="not ASCII"),
        pytest.param({"k 1": OLD}, "name", id="space"),
        pytest.param({"k1\n": OLD}, "name", id="line end"),
    ],
)
def test_a_keyring_that_could_not_protect_is_refused(keys: dict[str, bytes], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Keyring(keys)


def test_a_fresh_key_is_accepted_and_never_the_same() -> None:
    drawn = {Keyring.new_key() for _ in range(20)}
    assert len(drawn) == 20
    assert Keyring.from_text(",".join(f"k{n}:{key}" for n, key in enumerate(drawn))).active == "k0"
    assert Keyring.generate().mac("k1", "code") != Keyring.generate().mac("k1", "code")


def test_text_is_read_in_order_with_comments_spaces_and_line_ends() -> None:
    text = f"\n# rotated in March, by k9:nobody\n k2 : {as_text(NEW)} \n\nk1:{as_text(OLD)},\r\n"
    with pytest.raises(ConfigurationError, match="name"):
        Keyring.from_text(text)  # a name with a space around it is a slip, and is not guessed at
    keys = Keyring.from_text(text.replace("k2 :", "k2:"))
    assert (keys.active, keys.names) == ("k2", ("k2", "k1"))
    assert keys.mac("k1", "code", b"x") == Keyring({"k1": OLD}).mac("k1", "code", b"x")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("# nothing but words", "empty"),
        (as_text(OLD), "key 1 .* name:base64"),
        (f"k1:{as_text(OLD)},k2", "key 2 .* name:base64"),
        ("k1:é" + as_text(OLD), "key 1 .* not base64url"),
        (f"k1:{as_text(OLD)[:-2]}", "key 1 .* not base64url"),
        (f"k1:{as_text(OLD)} # live", "key 1 .* not base64url"),
        (f"k1:{as_text(OLD)}\nk1:{as_text(NEW)}", "twice"),
        (f"k1:{as_text(OLD[:16])}", "16 bytes"),
    ],
)
def test_text_that_cannot_be_read_is_refused_without_being_shown(text: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        Keyring.from_text(text)
    assert as_text(OLD)[:8] not in str(caught.value)
    assert caught.value.__cause__ is None


def test_the_environment_holds_a_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, f"k1:{as_text(OLD)}")
    monkeypatch.setenv("OTHER_KEYS", f"k9:{as_text(NEW)}")
    assert Keyring.from_env().names == ("k1",)
    assert Keyring.from_env("OTHER_KEYS").names == ("k9",)


@pytest.mark.parametrize("value", [None, "", " \n"])
def test_an_environment_without_keys_is_refused_and_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv(ENVIRONMENT_VARIABLE, raising=False)
    if value is not None:
        monkeypatch.setenv(ENVIRONMENT_VARIABLE, value)
    with pytest.raises(ConfigurationError, match=f"set {ENVIRONMENT_VARIABLE}"):
        Keyring.from_env()


def key_file(folder: Path, content: bytes, mode: int) -> Path:
    path = folder / "keys"
    path.write_bytes(content)
    path.chmod(mode)
    return path


def test_a_file_that_its_owner_alone_may_read_holds_a_keyring(tmp_path: Path) -> None:
    path = key_file(tmp_path, f"k2:{as_text(NEW)}\nk1:{as_text(OLD)}\n".encode(), 0o600)
    assert Keyring.from_file(path).names == ("k2", "k1")
    assert Keyring.from_file(str(path)).active == "k2"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620, 0o602, 0o660, 0o666, 0o611])
def test_a_file_that_others_may_open_is_refused(tmp_path: Path, mode: int) -> None:
    path = key_file(tmp_path, f"k1:{as_text(OLD)}".encode(), mode)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        Keyring.from_file(path)


UNREADABLE: dict[str, Callable[[Path], Path]] = {
    "missing": lambda folder: folder / "absent",
    "a folder": lambda folder: folder,
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_a_file_that_cannot_be_read_is_refused_without_naming_its_content(tmp_path: Path, what: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read") as caught:
        Keyring.from_file(UNREADABLE[what](tmp_path))
    assert caught.value.__cause__ is None


def test_a_file_that_is_no_text_is_refused_and_no_error_behind_ours_holds_its_bytes(tmp_path: Path) -> None:
    """A decoding error would carry the whole file, keys included, into a crash report."""
    path = key_file(tmp_path, b"k1:" + as_text(OLD).encode() + b"\xff\xfe", 0o600)
    with pytest.raises(ConfigurationError, match=r"key 1 .* not base64url") as caught:
        Keyring.from_file(path)
    behind = caught.value.__context__
    assert as_text(OLD)[:8] not in repr(behind)
    assert not isinstance(behind, UnicodeDecodeError)


def test_after_a_rotation_the_new_key_closes_and_the_old_one_still_opens() -> None:
    before = Keyring({"k1": OLD})
    after = Keyring({"k2": NEW, "k1": OLD})
    assert (before.active, after.active) == ("k1", "k2")
    assert after.mac("k1", "code", b"x") == before.mac("k1", "code", b"x")


def test_a_key_that_is_gone_is_missed_by_name() -> None:
    with pytest.raises(KeyMissing, match="'k1'") as caught:
        Keyring({"k2": NEW}).mac("k1", "code", b"x")
    assert caught.value.key_id == "k1"


def test_repr_shows_names_and_no_key() -> None:
    keys = Keyring({"k2": NEW, "k1": OLD})
    keys.mac("k1", "code", b"x")
    assert repr(keys) == str(keys) == "Keyring(k2, k1)"
    assert not hasattr(keys, "__dict__")


@pytest.mark.parametrize("leak", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_keyring_is_not_pickled_and_not_copied(leak: Callable[[Keyring], object]) -> None:
    with pytest.raises(TypeError, match="not pickled"):
        leak(Keyring({"k1": OLD}))
