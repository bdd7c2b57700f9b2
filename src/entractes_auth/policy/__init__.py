"""The host's rules as one frozen value, made of small parts; two presets to start from.

`Policy.tutorial()` serves what the platform's tutorial shows: 4-digit codes, 5-digit
identifiers, 6-digit passwords. `Policy.hardened()` is one word away and follows the figures
that are cited beside each value. A policy that contradicts itself is refused when it is
built, with the dotted name of the value: no request ever meets it.

Sources cited below: NIST SP 800-63B-4 (2025); CNIL, délibération 2022-100; ANSSI PG-078
v2.0 (2021); RFC 9106 (Argon2) section 4; CNIL, délibération 2021-122 (logs).
"""

from __future__ import annotations

from entractes_auth.policy.limits import Budget, LimitPolicy
from entractes_auth.policy.proofs import CodePolicy, CredentialPolicy, DevicePolicy, HashPolicy, LinkPolicy
from entractes_auth.policy.registration import (
    NO_NETWORK,
    DocumentPolicy,
    MessagePolicy,
    Network,
    RegistrationPolicy,
    ReviewPolicy,
)
from entractes_auth.policy.retention import RetentionPolicy
from entractes_auth.policy.whole import Policy

__all__ = [
    "NO_NETWORK",
    "Budget",
    "CodePolicy",
    "CredentialPolicy",
    "DevicePolicy",
    "DocumentPolicy",
    "HashPolicy",
    "LimitPolicy",
    "LinkPolicy",
    "MessagePolicy",
    "Network",
    "Policy",
    "RegistrationPolicy",
    "RetentionPolicy",
    "ReviewPolicy",
]
