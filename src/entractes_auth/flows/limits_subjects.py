"""Whom an operator means, and which counters the flows keep of them: one table, for every budget of the policy."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from entractes_auth.backends.batch import AccountKey
from entractes_auth.contacts import FRENCH_REGIONS, email_key, number_prefix, parse_email, parse_phone
from entractes_auth.credentials import read_identifier
from entractes_auth.env import Env
from entractes_auth.errors import InvalidInput
from entractes_auth.flows.budgets import EVERYBODY, of_subject
from entractes_auth.networks import network_of
from entractes_auth.records.account import Account
from entractes_auth.records.kinds import Purpose
from entractes_auth.typed_text import short_text

__all__ = ["PLACES", "Counter", "Facet", "Subject", "counters", "resolve"]

_LONGEST: Final = 254  # an e-mail address; every other subject is shorter
_ID: Final = re.compile("[0-9a-f]{32}")


class Facet(enum.Enum):
    """What a budget is keyed on."""

    PHONE = enum.auto()
    PREFIX = enum.auto()
    EMAIL = enum.auto()
    IDENTIFIER = enum.auto()
    REGISTRATION = enum.auto()
    ACCOUNT = enum.auto()
    DEVICE = enum.auto()
    NETWORK = enum.auto()
    EVERYBODY = enum.auto()


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom the operator means: the keys by facet. `record_id` is the account's or registration's id, or ""."""

    facets: Mapping[Facet, str] = field(repr=False)
    record_id: str = ""


@dataclass(frozen=True, slots=True)
class Counter:
    """One counter of a budget. `shared` says that it counts strangers too."""

    budget: str
    key: str = field(repr=False)
    purpose: Purpose | None
    shared: bool


_OF_CODES: Final = (
    (Facet.REGISTRATION, Purpose.CONFIRM),
    (Facet.ACCOUNT, Purpose.LOGIN),
    (Facet.ACCOUNT, Purpose.RECOVERY),
)
PLACES: Final[Mapping[str, tuple[tuple[Facet, Purpose | None], ...]]] = {
    "sms_per_phone": ((Facet.PHONE, None),),
    "emails_per_address": ((Facet.EMAIL, None),),
    "recoveries_per_address": ((Facet.EMAIL, None),),
    "recoveries_per_device": ((Facet.DEVICE, None),),
    "alerts_per_account": ((Facet.ACCOUNT, None),),
    "codes_per_subject": _OF_CODES,
    "codes_per_network": ((Facet.NETWORK, None),),
    "sms_per_prefix": ((Facet.PREFIX, None),),
    "sms_in_all": ((Facet.EVERYBODY, None),),
    "sms_in_all_an_hour": ((Facet.EVERYBODY, None),),
    "code_attempts_per_subject": _OF_CODES,
    "password_attempts_per_identifier": ((Facet.IDENTIFIER, None),),
    "password_attempts_per_device": ((Facet.DEVICE, None),),
    "password_attempts_per_network": ((Facet.NETWORK, None),),
    "registrations_per_network": ((Facet.NETWORK, None),),
    "documents_per_registration": ((Facet.REGISTRATION, None),),
}
"""For each budget of `LimitPolicy`: what it is keyed on, and for which purposes apart."""


def counters(subject: Subject) -> Iterator[Counter]:
    """The counters of the budgets that are about this subject, in the order of the policy."""
    for budget, places in PLACES.items():
        for facet, purpose in places:
            key = subject.facets.get(facet)
            if key is not None:
                apart = key if purpose is None else of_subject(purpose, key)
                yield Counter(budget, apart, purpose, shared=facet is Facet.PREFIX)


async def resolve(env: Env, text: str) -> Subject:
    """Read whom the operator means. What is nothing else is an identifier, of a member or of nobody.

    Raises:
        InvalidInput: empty, longer than 254 characters, or an e-mail address that is not one.
    """
    typed = short_text(text, "subject", maximum=_LONGEST)
    if typed == EVERYBODY:
        return Subject({Facet.EVERYBODY: EVERYBODY})
    network = network_of(typed.removesuffix("/64"))
    if network:
        return Subject({Facet.NETWORK: network})
    if "@" in typed:
        return await _by_email(env, email_key(parse_email(typed, "subject")))
    if _ID.fullmatch(typed):
        return await _by_id(env, typed)
    identifier = read_identifier(typed)
    account = await env.store.find_account(AccountKey("identifier", identifier))
    if account is not None:
        return _member(account)
    return _phone(typed) or Subject({Facet.IDENTIFIER: identifier})


async def _by_email(env: Env, key: str) -> Subject:
    account = await env.store.find_account(AccountKey("email", key))
    return Subject({Facet.EMAIL: key}) if account is None else _member(account)


async def _by_id(env: Env, record_id: str) -> Subject:
    account = await env.store.account(record_id)
    if account is not None:
        return _member(account)
    registration = await env.store.registration(record_id)
    if registration is None:
        # A device's id, or that of a record that is gone: its counters may still run.
        ids = (Facet.REGISTRATION, Facet.ACCOUNT, Facet.DEVICE)
        return Subject(dict.fromkeys(ids, record_id))
    facets = {Facet.REGISTRATION: record_id}
    if registration.contacts is not None:
        facets[Facet.PHONE] = registration.contacts.mobile
        facets[Facet.EMAIL] = email_key(registration.contacts.email)
    return Subject(facets, record_id)


def _member(account: Account) -> Subject:
    facets = {
        Facet.ACCOUNT: account.id,
        Facet.IDENTIFIER: account.identifier,
        Facet.EMAIL: email_key(account.email),
        Facet.PHONE: account.mobile,
    }
    return Subject(facets, account.id)


def _phone(typed: str) -> Subject | None:
    try:
        phone = parse_phone(typed, regions=FRENCH_REGIONS, field="subject")
    except InvalidInput:
        return None
    return Subject({Facet.PHONE: phone, Facet.PREFIX: number_prefix(phone)})
