"""Every error that this package raises on purpose, in one tree.

    AuthError                      the root; never raised itself
    ├── InvalidInput               what a person typed: each problem names its field and how to mend it
    ├── NumberRefused              a text that is not a valid RPPS, ADELI, FINESS, SIREN or SIRET
    ├── DocumentRefused            a file that is too large, or not what we accept
    ├── LinkRefused                cut, forged, expired or already used link
    ├── CodeRefused                wrong, expired or already used code
    ├── SignInRefused              identifier and password do not open anything
    ├── CaptchaRefused             the robot check was not passed
    ├── Limited                    too many tries; says when to come back
    ├── NotPossibleNow             the record's state does not allow this
    ├── NotFound                   no such record for this caller
    ├── StoreError                 raised by storage ports
    │   ├── Conflict               a record changed since it was read; the runner tries again
    │   ├── Taken                  a unique key belongs to another record
    │   ├── AlreadyRedeemed        the challenge was used by someone else first
    │   └── StoreUnavailable       locked, read-only, full or gone
    ├── DeliveryFailed             a messaging port could not send
    └── ConfigurationError         the host's settings: policy, keys, ports
        ├── PolicyError            a policy that contradicts itself
        └── KeyMissing             a row names a key that the keyring does not hold

One public answer, one private reason: what an exception shows (its text) never tells
whether an account exists. The exact `Reason` is written to the audit trail by the flow
that raises, and is not an attribute of the exception, so that no host can show it by mistake.
`Limited`, and a code for a challenge that is over, leave no line: nothing bounds how often they can be
had, and a line for each would let a flood fill the database.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from typing_extensions import override

__all__ = [
    "AlreadyRedeemed",
    "AuthError",
    "CaptchaRefused",
    "CodeRefused",
    "ConfigurationError",
    "Conflict",
    "DeliveryFailed",
    "DocumentRefused",
    "InvalidInput",
    "KeyMissing",
    "Limited",
    "LinkRefused",
    "NotFound",
    "NotPossibleNow",
    "NumberRefused",
    "PolicyError",
    "Problem",
    "Reason",
    "SignInRefused",
    "StoreError",
    "StoreUnavailable",
    "Taken",
]


class Reason(enum.StrEnum):
    """Why something was refused. Written to the audit trail; never shown to the asker."""

    UNKNOWN_IDENTIFIER = "unknown_identifier"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - a reason, not a secret
    ACCOUNT_SUSPENDED = "account_suspended"
    CAPTCHA_REFUSED = "captcha_refused"
    WRONG_CODE = "wrong_code"
    CHALLENGE_STALE = "challenge_stale"
    NO_ACCOUNT = "no_account"
    REGISTRATION_PENDING = "registration_pending"


class AuthError(Exception):
    """The root: `except AuthError` catches all that this package raises on purpose.

    Every one of them can be copied and pickled: a pool of processes hands them back as they are.
    """

    @override
    def __reduce__(self) -> tuple[Any, ...]:
        # `Exception` would call the class with its sentence, which is not what most of these classes take.
        return _rebuilt, (type(self), self.args, self.__dict__)


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend.

    `field` is the dotted path of the field ("contacts.mobile"); `code` is a stable name
    ("too_long"); `params` holds what the sentence needs ({"maximum": 80}), and never the
    refused value: it may be personal data, and it may be hostile.
    Sentences in French and English: `entractes_auth.texts.explain`.
    """

    field: str
    code: str
    params: Mapping[str, str | int] = dataclasses.field(default_factory=dict[str, str | int])


class InvalidInput(AuthError, ValueError):
    """What was typed cannot be taken. Nothing was saved; `problems` says what to mend, in page order."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{p.field}: {p.code}" for p in problems))


class NumberRefused(AuthError, ValueError):
    """A text that is not a valid number of its kind.

    `kind` is "rpps", "adeli", ...; `code` is "format", "length", "checksum" or "component";
    `position` counts characters from 1 in the text without its separators, where it helps;
    `detail` is a stable name for the precise cause ("letter", "all_zeros", "siren_part", ...).
    The refused text itself is not kept: it may be a person's number with one digit wrong.
    """

    def __init__(self, kind: str, code: str, detail: str, *, position: int | None = None) -> None:
        self.kind = kind
        self.code = code
        self.detail = detail
        self.position = position
        where = f" at character {position}" if position is not None else ""
        super().__init__(f"{kind}: {code} ({detail}){where}")


class DocumentRefused(InvalidInput):
    """The file is too large, empty, or not a PDF, JPEG, PNG or HEIC; nothing of it was kept."""


class LinkRefused(AuthError):
    """The link is incomplete, expired, already used, or was made for something else."""


class CodeRefused(AuthError):
    """The code is not the newest one that was sent, or the challenge is over. Does not say which."""


class SignInRefused(AuthError):
    """Identifier and password do not open an account. Does not say why."""


class CaptchaRefused(AuthError):
    """The robot check was not passed; ask for a new answer."""


class Limited(AuthError):
    """Too many tries for this subject. `retry_at` (aware datetime, UTC) says when to come back."""

    def __init__(self, retry_at: datetime) -> None:
        self.retry_at = retry_at
        super().__init__(f"try again after {retry_at.isoformat(timespec='seconds')}")


class NotPossibleNow(AuthError):
    """The transition table has no such step from this state; nothing was changed."""

    def __init__(self, state: str, step: str) -> None:
        self.state = state
        self.step = step
        super().__init__(f"{step} is not possible in state {state}")


class NotFound(AuthError):
    """No such record, or not for this caller."""


class StoreError(AuthError):
    """Raised by storage ports. Flows handle the first three; the host sees `StoreUnavailable`."""


class Conflict(StoreError):
    """A record changed since it was read. Nothing was written; the runner runs the flow again."""


class Taken(StoreError):
    """A unique key is taken. Nothing was written. Never passed on to an applicant."""

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(field)


class AlreadyRedeemed(StoreError):
    """The challenge was redeemed, or closed, by someone else first. Nothing was written."""


class StoreUnavailable(StoreError):
    """The database is locked, read-only, full or gone. Nothing was written; try again later.

    But for one case, which the text names: the connection was lost while a commit was on its way, and
    nobody knows whether it arrived. Doing the step again is safe: what was written once is refused.
    """


class DeliveryFailed(AuthError):
    """A message could not be handed over. `permanent` says that trying again is of no use."""

    def __init__(self, what: str, *, permanent: bool = False) -> None:
        self.permanent = permanent
        super().__init__(what)


class ConfigurationError(AuthError):
    """The host's settings cannot work; the text says which and how to mend it."""


class PolicyError(ConfigurationError):
    """A policy that contradicts itself or promises nothing; `field` is its dotted name."""

    def __init__(self, field: str, what: str) -> None:
        self.field = field
        super().__init__(f"{field}: {what}")


class KeyMissing(ConfigurationError):
    """A row or link names a key that the keyring does not hold: put the retired key back."""

    def __init__(self, key_id: str) -> None:
        self.key_id = key_id
        super().__init__(f"the keyring has no key named {key_id!r}; put it back among the retired keys")


def _rebuilt(kind: type[AuthError], args: tuple[Any, ...], facts: dict[str, Any]) -> AuthError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(facts)
    return error
