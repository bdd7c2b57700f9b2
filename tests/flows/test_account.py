"""What a member sees of the own account."""

from __future__ import annotations

import pytest

from entractes_auth import Kind, Locale
from entractes_auth.errors import NotFound
from entractes_auth.flows import account
from entractes_auth.records.kinds import AccountState
from entractes_auth.testing import scenario
from tests.flows.world import World, suspend

pytestmark = pytest.mark.anyio


async def test_a_member_sees_the_own_name_and_masked_contacts(world: World) -> None:
    """The screen of a signed-in member is seen by others too."""
    member = await world.member(kind=Kind.SOCIAL_CARE, locale=Locale.EN)
    seen = await world.run(account.profile(member.account_id))
    who = member.applicant.identity
    assert seen == account.Member(
        account_id=member.account_id,
        state=AccountState.ACTIVE,
        kind=Kind.SOCIAL_CARE,
        locale=Locale.EN,
        identifier=member.identifier,
        first_name=who.first_name,
        last_name=who.last_name,
        masked_email="Z•••@example.fr",
        masked_mobile="06 •• •• •• 01",
        password_serial=seen.password_serial,
    )
    shown = repr(seen)
    for personal in (who.last_name, who.first_name, member.identifier, "example.fr", "06 "):
        assert personal not in shown


async def test_a_recovery_changes_the_serial_that_sessions_keep(world: World) -> None:
    """A session that was opened with the old password can be told from one of the new."""
    member = await world.member()
    before = (await world.run(account.profile(member.account_id))).password_serial
    assert (await world.run(scenario.signed_in(world.inbox, member))).password_serial == before
    await world.run(scenario.recovered(world.inbox, member))
    assert (await world.run(account.profile(member.account_id))).password_serial != before


async def test_a_suspended_member_is_shown_as_such(world: World) -> None:
    """The host decides what a suspended member may still see."""
    member = await world.member()
    await suspend(world, member)
    assert (await world.run(account.profile(member.account_id))).state is AccountState.SUSPENDED


@pytest.mark.parametrize("account_id", ["", "0" * 32, "x\0", "\ud800", "x" * 1_000_000])
async def test_no_such_account(account_id: str, world: World) -> None:
    """Whatever a host's session names."""
    await world.member()
    with pytest.raises(NotFound):
        await world.run(account.profile(account_id))
