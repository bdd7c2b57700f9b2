"""What a member sees of the own account."""

from __future__ import annotations

from dataclasses import dataclass, field

from entractes_auth.contacts import mask_email, mask_phone
from entractes_auth.env import Env
from entractes_auth.errors import NotFound
from entractes_auth.flow import flow
from entractes_auth.records.kinds import AccountState, Kind, Locale

__all__ = ["Member", "profile"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A signed-in member's own data; contacts masked, since a screen is seen by others too.

    `password_serial` is that of the password as it is now: a session that was opened with another
    one is to be ended (see `login.SignedIn`).
    """

    account_id: str
    state: AccountState
    kind: Kind
    locale: Locale
    identifier: str = field(repr=False)
    first_name: str = field(repr=False)
    last_name: str = field(repr=False)
    masked_email: str = field(repr=False)
    masked_mobile: str = field(repr=False)
    password_serial: str = field(repr=False)


@flow
async def profile(env: Env, account_id: str) -> Member:
    """Read the account that the host's session names.

    Raises:
        NotFound: no such account.
    """
    account = await env.store.account(account_id)
    if account is None:
        raise NotFound
    return Member(
        account_id=account.id,
        state=account.state,
        kind=account.kind,
        locale=account.locale,
        identifier=account.identifier,
        first_name=account.first_name,
        last_name=account.last_name,
        masked_email=mask_email(account.email),
        masked_mobile=mask_phone(account.mobile),
        password_serial=account.credential.serial,
    )
