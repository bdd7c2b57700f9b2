"""One-time codes: derived when they are sent, derived again when they are judged, never stored.

A code is HOTP (RFC 4226) under a key that is made for one challenge, one nonce and one exact
address, with the counter of the sending: another address, another challenge or another
sending gives another code. A copy of the database has the nonce and not the key; who holds
both the database and the keys can compute the codes that are pending at that minute. That
weakness is accepted: such a thief could as well sign in as anybody.

Pure: nothing here reads a clock, draws randomness or waits.
"""

from __future__ import annotations

import hmac
import unicodedata
from typing import Final

from pyotp.hotp import HOTP
from typing_extensions import override

from entractes_auth.errors import CodeRefused, InvalidInput, Problem
from entractes_auth.keys import Keyring
from entractes_auth.records.challenge import Attempt, Proof
from entractes_auth.records.message import CodeSeed
from entractes_auth.redact import Secret

__all__ = ["derive", "judge", "read_code"]

_PURPOSE: Final = "code"
_LONGEST_TYPED: Final = 64
_IGNORED: Final = frozenset(" -.\u00a0\u2009\u202f")  # how people group digits, and what pasting adds


def derive(seed: CodeSeed, digits: int, keys: Keyring) -> Secret:
    """Compute the code of one sending. With 9 digits, HOTP's 31 bits make some codes up to 1.4 times
    as likely as the mean; with 8 or fewer the bias is below 5 %.

    Raises:
        KeyMissing: the seed names a key that the keyring does not hold.
    """
    key = keys.mac(seed.key_id, _PURPOSE, seed.challenge_id.encode(), seed.nonce, seed.address.encode())
    # Ten digits hold HOTP's whole 31-bit value; its last n digits are HOTP with n digits (RFC 4226, 5.3).
    whole = _Hotp(key).at(seed.counter)
    return Secret(whole[-digits:])


class _Hotp(HOTP):
    """HOTP under a key of bytes: pyotp takes base32, and would decode it twice for each code."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        super().__init__("", digits=10)

    @override
    def byte_secret(self) -> bytes:
        """The key of the MAC."""
        return self._key


def read_code(text: str, digits: int) -> str:
    """Give the digits that were typed. Spaces, dots and hyphens between them are accepted.

    Raises:
        InvalidInput: not a code at all (letters, too few or many digits). This is judged by
            form alone, before any attempt is counted: a slip of the hand costs nothing.
    """
    if len(text) > _LONGEST_TYPED:
        raise InvalidInput(Problem("code", "too_long", {"maximum": digits}))
    kept = "".join(c for c in unicodedata.normalize("NFC", text).strip() if c not in _IGNORED)
    if not kept:
        raise InvalidInput(Problem("code", "missing"))
    if not (kept.isascii() and kept.isdigit()):
        raise InvalidInput(Problem("code", "digits_only", {"digits": digits}))
    if len(kept) != digits:
        raise InvalidInput(Problem("code", "wrong_length", {"digits": digits}))
    return kept


def judge(attempt: Attempt, typed: str, digits: int, keys: Keyring) -> Proof:
    """Compare the typed digits (see `read_code`) with the newest code of a counted attempt.

    Raises:
        CodeRefused: another code.
        KeyMissing: the challenge names a key that the keyring does not hold.
    """
    seed = CodeSeed(attempt.challenge_id, attempt.key_id, attempt.nonce, attempt.address, attempt.counter)
    right = derive(seed, digits, keys)
    # Revealed inside the call alone: a crash reporter keeps the names of a frame that raises with what they hold.
    if not hmac.compare_digest(right.reveal().encode(), typed.encode("utf-8", "surrogatepass")):
        raise CodeRefused
    return Proof(
        challenge_id=attempt.challenge_id,
        purpose=attempt.purpose,
        subject_id=attempt.subject_id,
        binding=attempt.binding,
        channel=attempt.channel,
        address=attempt.address,
        counter=attempt.counter,
    )
