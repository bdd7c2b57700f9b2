"""The keyring: named keys, rotation, and the only MACs of the package.

Rule of this file: a key never leaves it. Callers name a purpose and get back a MAC or
digits; every purpose has its own subkey (HKDF-Expand, RFC 5869 section 2.3, SHA-256), so a
value made for one purpose is noise for every other. Keys must be uniformly random, which is
why HKDF-Extract is not needed (RFC 5869 section 3.3).

The first key closes; the others still open what they closed. To rotate, put a new key in
front and keep the old one until nothing names it any more.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import secrets  # noqa: TID251 - making a key is the operator's act, not a rule that a flow follows
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from typing_extensions import override

from entractes_auth.errors import ConfigurationError, KeyMissing

__all__ = ["ENVIRONMENT_VARIABLE", "Keyring"]

ENVIRONMENT_VARIABLE: Final = "ENTRACTES_AUTH_KEYS"
_KEY_BYTES: Final = 32
_NAME_CHARACTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


class Keyring:
    """Keys by name, the active one first. `repr` shows names only; pickling is refused."""

    __slots__ = ("_keys", "_subkeys")

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        """Take at least one key of at least 32 random bytes; names are 1 to 16 letters, digits, - or _.

        Raises:
            ConfigurationError: no key, a short key, a name that could not travel in a link,
                or one key under two names.
        """
        if not keys:
            raise ConfigurationError("the keyring is empty: make a key with Keyring.new_key()")
        for name, key in keys.items():
            _check(name, key)
        if len(set(keys.values())) != len(keys):
            raise ConfigurationError("the keyring holds one key under two names; rotation needs a new key")
        self._keys = dict(keys)
        self._subkeys: dict[tuple[str, str], hmac.HMAC] = {}

    @staticmethod
    def new_key() -> str:
        """One fresh key as text (base64url of 32 random bytes), ready for the environment or a file."""
        return base64.urlsafe_b64encode(secrets.token_bytes(_KEY_BYTES)).decode()

    @classmethod
    def generate(cls) -> Keyring:
        """A keyring of one fresh key, for tests and demonstrations: what it closes dies with the process."""
        return cls({"k1": secrets.token_bytes(_KEY_BYTES)})

    @classmethod
    def from_text(cls, text: str) -> Keyring:
        """Read `name:base64url` pairs parted by commas or line ends; the first is active.

        Raises:
            ConfigurationError: says which entry cannot be read, never what it holds.
        """
        keys: dict[str, bytes] = {}
        lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
        entries = [entry.strip() for line in lines for entry in line.split(",")]
        for number, entry in enumerate(filter(None, entries), 1):
            name, colon, encoded = entry.partition(":")
            if not colon:
                raise ConfigurationError(f"key {number} of the keyring is not of the form name:base64")
            if name in keys:
                raise ConfigurationError(f"the keyring names {name!r} twice")
            keys[name] = _decode(encoded, number)
        return cls(keys)

    @classmethod
    def from_env(cls, variable: str = ENVIRONMENT_VARIABLE) -> Keyring:
        """Read the keyring from an environment variable (see `from_text`).

        Raises:
            ConfigurationError: the variable is missing, empty or unreadable.
        """
        text = os.environ.get(variable, "")
        if not text.strip():
            raise ConfigurationError(f"set {variable} to name:base64 (make a key with Keyring.new_key())")
        return cls.from_text(text)

    @classmethod
    def from_file(cls, path: str | Path) -> Keyring:
        """Read the keyring from a file, one `name:base64url` a line (see `from_text`).

        Raises:
            ConfigurationError: the file is missing or unreadable, or others than its owner may read it.
        """
        path = Path(path)
        try:
            mode = path.stat().st_mode
            content = path.read_bytes()
        except OSError as error:
            raise ConfigurationError(f"the key file cannot be read: {type(error).__name__}") from None
        if os.name == "posix" and mode & 0o077:
            # A key that another account of the machine may read is no key.
            raise ConfigurationError("the key file may be read by others than its owner: chmod 600 it")
        # Bytes that are no text become U+FFFD: a decoding error would carry the keys in its `repr`.
        return cls.from_text(content.decode("utf-8", "replace"))

    @property
    def active(self) -> str:
        """The name of the key that closes."""
        return next(iter(self._keys))

    @property
    def names(self) -> Sequence[str]:
        """All names, the active one first."""
        return tuple(self._keys)

    def mac(self, key_id: str, purpose: str, *parts: bytes) -> bytes:
        """HMAC-SHA-256 (32 bytes) of the parts, in this order, under the purpose's subkey of `key_id`.

        Each part is preceded by its length, so no two lists of parts give the same message.

        Raises:
            KeyMissing: the keyring has no key of that name.
        """
        mac = self._subkey(key_id, purpose).copy()
        mac.update(b"".join([len(part).to_bytes(8, "big") + part for part in parts]))
        return mac.digest()

    def digits(self, key_id: str, purpose: str, count: int, *parts: bytes) -> str:
        """`count` decimal digits derived from the parts: uniform but for a bias below 2**-150, up to 30 of them."""
        number = int.from_bytes(self.mac(key_id, purpose, *parts), "big") % 10**count
        return str(number).zfill(count)

    def _subkey(self, key_id: str, purpose: str) -> hmac.HMAC:
        """The purpose's MAC, over nothing yet: to set one up takes several times as long as to copy it."""
        known = self._subkeys.get((key_id, purpose))
        if known is None:
            key = self._keys.get(key_id)
            if key is None:
                raise KeyMissing(key_id)
            # One block of HKDF-Expand: T(1) = HMAC(key, info || 0x01).
            subkey = hmac.digest(key, b"entractes_auth/" + purpose.encode() + b"\x01", "sha256")
            known = hmac.new(subkey, digestmod="sha256")
            self._subkeys[key_id, purpose] = known
        return known

    @override
    def __repr__(self) -> str:
        return f"Keyring({', '.join(self._keys)})"

    @override
    def __reduce__(self) -> str:
        # A pickled keyring would put the keys into a cache, a queue or a crash report.
        raise TypeError("a Keyring is not pickled; load it in each process")


def _check(name: str, key: bytes) -> None:
    if not 1 <= len(name) <= 16 or not _NAME_CHARACTERS.issuperset(name):
        raise ConfigurationError("a key's name is 1 to 16 letters, digits, '-' or '_'")
    if len(key) < _KEY_BYTES:
        raise ConfigurationError(
            f"key {name!r} has {len(key)} bytes; at least {_KEY_BYTES} random ones are needed"
        )
    if len(set(key)) < 8:
        # 32 random bytes have fewer than 8 distinct values once in 10**37: this is a placeholder.
        raise ConfigurationError(f"key {name!r} is not random; make one with Keyring.new_key()")


def _decode(encoded: str, number: int) -> bytes:
    try:
        return base64.b64decode(encoded.strip(), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise ConfigurationError(f"key {number} of the keyring is not base64url") from None
