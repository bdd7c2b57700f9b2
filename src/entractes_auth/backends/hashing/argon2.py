"""Argon2id (RFC 9106) by argon2-cffi, over bytes: what arrives here is already an HMAC under the pepper."""

from __future__ import annotations

import base64
import secrets
from typing import Final

from argon2 import Parameters, Type, extract_parameters
from argon2.exceptions import (
    HashingError,
    InvalidHashError,
    VerificationError,
    VerifyMismatchError,
)
from argon2.low_level import hash_secret, verify_secret

from entractes_auth.backends.ports import Matched
from entractes_auth.errors import ConfigurationError
from entractes_auth.policy import HashPolicy

__all__ = ["Argon2Hasher"]

_VERSION: Final = 0x13  # of the algorithm: RFC 9106, section 3.1
_SALT_BYTES: Final = 16  # RFC 9106, section 3.1: 16 bytes are recommended for password hashing
_TAG_BYTES: Final = 32  # 256 bits, as in both recommended sets of RFC 9106, section 4


class Argon2Hasher:
    """`Hasher` with the policy's parameters. Thread-safe; the C library works outside the GIL.

    One hash takes `memory_kib` of memory while it runs: see `BoundedHasher` for a limit on how many do.

    Accepted weakness: a hash that was made with other parameters takes another time than the decoy.
    After a change of parameters, who measures can tell accounts that have not signed in since from
    identifiers that do not exist, until `Matched.outdated` has had each of them hashed again.
    """

    __slots__ = ("_decoy", "_parameters")

    def __init__(self, policy: HashPolicy) -> None:
        self._parameters = Parameters(
            type=Type.ID,
            version=_VERSION,
            salt_len=_SALT_BYTES,
            hash_len=_TAG_BYTES,
            time_cost=policy.time_cost,
            memory_cost=policy.memory_kib,
            parallelism=policy.parallelism,
        )
        self._decoy = _unhashed(self._parameters)

    def hash(self, secret: bytes) -> str:
        """Hash with a fresh salt; the text is the PHC string of the reference implementation.

        Raises:
            ConfigurationError: the machine has no memory left for one hash.
        """
        wanted = self._parameters
        try:
            return hash_secret(
                secret,
                secrets.token_bytes(wanted.salt_len),
                time_cost=wanted.time_cost,
                memory_cost=wanted.memory_cost,
                parallelism=wanted.parallelism,
                hash_len=wanted.hash_len,
                type=wanted.type,
            ).decode("ascii")
        except HashingError as error:
            raise _unworkable(error) from None

    def verify(self, hashed: str, secret: bytes) -> Matched | None:
        """None when the secret is another.

        Raises:
            ConfigurationError: `hashed` is not an Argon2id hash, or there is no memory to check it. A
                damaged row must be seen and mended; "wrong password" would hide it for ever.
        """
        try:
            made_with = extract_parameters(hashed)
            verify_secret(hashed.encode("ascii"), secret, Type.ID)
        except VerifyMismatchError:
            return None
        except (InvalidHashError, UnicodeEncodeError):
            raise ConfigurationError(
                "a stored password hash is not an Argon2 hash: restore the row"
            ) from None
        except VerificationError as error:
            raise _unworkable(error) from None
        return Matched(outdated=made_with != self._parameters)

    def decoy(self) -> str:
        """What an unknown identifier's password is checked on: a random tag, which no known secret has.

        Nothing is hashed to make it. A decoy that was hashed at the first unknown identifier would
        make that one answer take twice the time, and so tell that the identifier is unknown.
        """
        return self._decoy


def _unhashed(wanted: Parameters) -> str:
    """A PHC string with these parameters over a random salt and a random tag."""
    salt, tag = (
        base64.b64encode(secrets.token_bytes(size)).decode("ascii").rstrip("=")
        for size in (wanted.salt_len, wanted.hash_len)
    )
    costs = f"m={wanted.memory_cost},t={wanted.time_cost},p={wanted.parallelism}"
    return f"$argon2id$v={wanted.version}${costs}${salt}${tag}"


def _unworkable(error: Exception) -> ConfigurationError:
    # The library's texts name the cause ("Memory allocation error", "Decoding failed"), no value.
    return ConfigurationError(f"Argon2 could not work: {error}; see credentials.hash and the stored hashes")
