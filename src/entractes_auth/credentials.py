"""Issued identifiers and passwords: derived, refused when too easy, and peppered before hashing.

A password is derived from a nonce that only the message carries, and only until it is
delivered; at rest there is Argon2id over HMAC(pepper, password). The pepper is a key of the
keyring, so a copy of the database alone gives nothing to guess at, though six digits are
only a million candidates. Pure: the slow hash itself is a port.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from entractes_auth.errors import InvalidInput, Problem
from entractes_auth.keys import Keyring
from entractes_auth.records.message import PasswordSeed
from entractes_auth.redact import Secret

__all__ = ["derive_password", "is_too_easy", "pepper", "read_identifier", "read_password"]

_PURPOSE: Final = "issued-password"
_PEPPER: Final = "pepper"
_LONGEST_TYPED: Final = 128
_WRAPAROUND: Final = "01234567890123456789012345678901234567890"


def derive_password(seed: PasswordSeed, digits: int, keys: Keyring) -> Secret:
    """Compute an issued password: uniform over all texts of `digits` digits that are not too easy.

    Raises:
        KeyMissing: the seed names a key that the keyring does not hold.
    """
    for turn in range(256):
        text = keys.digits(
            seed.key_id, _PURPOSE, digits, seed.account_id.encode(), seed.nonce, turn.to_bytes(1, "big")
        )
        if not is_too_easy(text):
            return Secret(text)
    # Fewer than 1 in 200 candidates are too easy: 256 in a row is a broken keyring, not bad luck.
    raise AssertionError("no acceptable password in 256 candidates")


def is_too_easy(password: str) -> bool:
    """True for what a guesser tries first: at most two different digits, runs up or down, a repeated half."""
    half = len(password) // 2
    return (
        len(set(password)) <= 2
        or password in _WRAPAROUND
        or password in _WRAPAROUND[::-1]
        or (len(password) % 2 == 0 and password[:half] == password[half:])
    )


def pepper(password: str, key_id: str, keys: Keyring) -> bytes:
    """Give the 32 bytes that are hashed in place of the password.

    Raises:
        KeyMissing: the credential names a key that the keyring does not hold.
    """
    return keys.mac(key_id, _PEPPER, password.encode("utf-8", "surrogatepass"))


def read_identifier(text: str) -> str:
    """Give the identifier as typed, without the spaces around and between its digits.

    Any short text passes: whether it names an account is not judged here, so that a page
    cannot tell "not of the right form" from "unknown". Characters that a database refuses
    (NUL, half of a surrogate pair) are replaced: they name nobody, and must be answered as nobody is.

    Raises:
        InvalidInput: empty or longer than 128 characters.
    """
    typed = "".join(_typed(text, "identifier").split())
    return "".join(c if c.isprintable() else "\ufffd" for c in typed)


def read_password(text: str) -> str:
    """Give the password as typed, without the spaces around and between its digits.

    Raises:
        InvalidInput: empty or longer than 128 characters: a slow hash must not be fed megabytes.
    """
    return "".join(_typed(text, "password").split())


def _typed(text: str, field: str) -> str:
    if len(text) > _LONGEST_TYPED:
        raise InvalidInput(Problem(field, "too_long", {"maximum": _LONGEST_TYPED}))
    if not text.strip():
        raise InvalidInput(Problem(field, "missing"))
    return unicodedata.normalize("NFC", text)
