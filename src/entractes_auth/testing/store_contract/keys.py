"""Cases: the keys that no two accounts share, and looking an account up by one."""

# ruff: noqa: S101 - the asserts are the contract
from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest

from entractes_auth.backends.batch import ENOUGH, AccountKey, EventQuery
from entractes_auth.contacts import email_key
from entractes_auth.errors import InvalidInput, Taken
from entractes_auth.records.account import Account
from entractes_auth.testing import builders as b
from entractes_auth.testing.cases import Suite
from entractes_auth.testing.store_contract.rig import Rig

__all__ = ["KEYS"]

KEYS: Final[Suite[Rig]] = Suite("keys")

# Each with the field that `Taken` names, and account 2 as it collides with account 1.
COLLISIONS: Final = {
    "identifier": ("identifier", b.account(2, identifier=b.account(1).identifier)),
    "email": ("email", b.account(2, email=b.account(1).email)),
    "email_in_other_case": ("email", b.account(2, email=b.account(1).email.swapcase())),
    "registration_id": ("registration_id", b.account(2, registration_id=b.account(1).registration_id)),
}


def keys_of(account: Account) -> tuple[AccountKey, ...]:
    return (
        AccountKey("identifier", account.identifier),
        AccountKey("email", email_key(account.email)),
        AccountKey("registration_id", account.registration_id),
    )


@KEYS.each(COLLISIONS)
async def inserting_a_taken_key_raises_taken(collision: tuple[str, Account], rig: Rig) -> None:
    """A new account that has another's key raises `Taken` with that field's name, and nothing is written."""
    field, second = collision
    await rig.store.commit(b.batch(b.account(1)))
    with pytest.raises(Taken) as refused:
        await rig.store.commit(b.batch(b.registration(7), second, b.event(1)))
    assert refused.value.field == field
    assert await rig.store.account(second.id) is None
    assert await rig.store.registration(b.an_id("registration", 7)) is None
    assert (await rig.store.events(EventQuery())).rows == ()
    assert await rig.store.account(b.account(1).id) == b.account(1, version=1)


@KEYS.each(COLLISIONS)
async def changing_to_a_taken_key_raises_taken(collision: tuple[str, Account], rig: Rig) -> None:
    """An account that takes over another's key raises `Taken`, and stays as it was."""
    field, changed = collision
    await rig.store.commit(b.batch(b.account(1), b.account(2)))
    with pytest.raises(Taken) as refused:
        await rig.store.commit(b.batch(replace(changed, version=1)))
    assert refused.value.field == field
    assert await rig.store.account(changed.id) == b.account(2, version=1)


@KEYS.each(COLLISIONS)
async def two_accounts_of_one_batch_must_differ(collision: tuple[str, Account], rig: Rig) -> None:
    """Two new accounts of one batch that share a key are refused, both."""
    field, second = collision
    with pytest.raises(Taken) as refused:
        await rig.store.commit(b.batch(b.account(1), second))
    assert refused.value.field == field
    assert await rig.store.account(b.account(1).id) is None
    assert await rig.store.account(second.id) is None


@KEYS.case
async def an_account_keeps_its_own_keys(rig: Rig) -> None:
    """An update that leaves the keys as they are, or changes only the case of its e-mail, is no collision."""
    await rig.store.commit(b.batch(b.account(1)))
    respelt = b.account(1, version=1, email=b.account(1).email.swapcase())
    await rig.store.commit(b.batch(respelt))
    assert await rig.store.account(respelt.id) == replace(respelt, version=2)


@KEYS.case
async def an_account_is_found_by_each_key(rig: Rig) -> None:
    """`find_account` gives the one account with the key, by each of the three fields."""
    await rig.store.commit(b.batch(b.account(1), b.account(2), b.account(3)))
    for n in (1, 2, 3):
        for key in keys_of(b.account(n)):
            assert await rig.store.find_account(key) == b.account(n, version=1), f"by {key!r}"


@KEYS.case
async def a_key_is_looked_up_in_its_own_field(rig: Rig) -> None:
    """A value that is another field's, another account's half, or a pattern finds nobody."""
    await rig.store.commit(b.batch(b.account(1)))
    account = b.account(1)
    for key in (
        AccountKey("identifier", account.registration_id),
        AccountKey("registration_id", account.identifier),
        AccountKey("registration_id", account.id),
        AccountKey("email", account.identifier),
        AccountKey("identifier", account.identifier[:-1]),
        AccountKey("identifier", f"{account.identifier} "),
        AccountKey("identifier", "%"),
        AccountKey("identifier", "' OR '1'='1"),
        AccountKey("email", "_oe.1@example.fr"),
        AccountKey("email", ""),
    ):
        assert await rig.store.find_account(key) is None, f"by {key!r}"


@KEYS.case
async def a_key_that_was_given_up_finds_nobody(rig: Rig) -> None:
    """Once an account has another e-mail, the old one finds nobody and may be taken."""
    await rig.store.commit(b.batch(b.account(1)))
    old, new = b.account(1).email, "autre@example.fr"
    await rig.store.commit(b.batch(b.account(1, version=1, email=new)))
    assert await rig.store.find_account(AccountKey("email", email_key(old))) is None
    assert await rig.store.find_account(AccountKey("email", new)) == b.account(1, version=2, email=new)
    await rig.store.commit(b.batch(b.account(2, email=old)))
    assert await rig.store.find_account(AccountKey("email", email_key(old))) == b.account(
        2, version=1, email=old
    )


@KEYS.each({"another_column": "mobile", "the_id": "id", "hostile": "email = '' OR 1=1 --", "empty": ""})
async def an_unknown_field_is_refused(field: str, rig: Rig) -> None:
    """A field that is not one of the three raises `InvalidInput`, and finds nobody."""
    await rig.store.commit(b.batch(b.account(1)))
    with pytest.raises(InvalidInput):
        await rig.store.find_account(AccountKey(field, b.account(1).mobile))


@KEYS.case
async def free_identifiers_are_those_of_nobody(rig: Rig) -> None:
    """Of the candidates, the first that no account has are given, in their order; whole, and of that field alone."""
    await rig.store.commit(
        b.batch(b.account(1, identifier="00421"), b.account(2, identifier="98765", registration_id="11111"))
    )
    candidates = ("98765", "55555", "421", "00421", "11111", "0042_", "")
    assert await rig.store.free_identifiers(candidates) == ("55555", "421", "11111", "0042_", "")
    assert await rig.store.free_identifiers(("00421",)) == ()
    assert await rig.store.free_identifiers(()) == ()


@KEYS.case
async def an_identifier_that_was_given_up_is_free(rig: Rig) -> None:
    """Once an account has another identifier, the old one is free, and the new one is not."""
    await rig.store.commit(b.batch(b.account(1, identifier="00421")))
    await rig.store.commit(b.batch(b.account(1, version=1, identifier="00422")))
    assert await rig.store.free_identifiers(("00421", "00422")) == ("00421",)


@KEYS.case
async def a_thousand_candidates_are_looked_up_at_once(rig: Rig) -> None:
    """1000 candidates, as a nearly full range of identifiers needs them, fit in one read."""
    await rig.store.commit(b.batch(*(b.account(n, identifier=f"{n:05}") for n in range(0, 50, 2))))
    candidates = tuple(f"{n:05}" for n in reversed(range(1000)))
    taken = {f"{n:05}" for n in range(0, 50, 2)}
    free = await rig.store.free_identifiers(candidates)
    assert free == tuple(each for each in candidates if each not in taken)[:ENOUGH]


@KEYS.case
async def a_free_identifier_behind_many_that_are_taken_is_found(rig: Rig) -> None:
    """Of a thousand candidates of which one is free, that one is given, wherever it stands."""
    await rig.store.commit(b.batch(*(b.account(n, identifier=f"{n:05}") for n in range(1000) if n != 977)))
    assert await rig.store.free_identifiers(tuple(f"{n:05}" for n in range(1000))) == ("00977",)
