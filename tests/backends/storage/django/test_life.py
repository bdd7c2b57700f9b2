"""The whole way of a member over the Django store: sign up, be approved, sign in, recover."""

from __future__ import annotations

import pytest
from sqlalchemy import URL

from entractes_auth import errors
from entractes_auth.backends.storage.django import DjangoStore
from entractes_auth.flows import login
from entractes_auth.testing import scenario
from tests.backends.storage.django import databases, worlds
from tests.servers.postgres import Server


@pytest.fixture(scope="module")
def url(postgres: Server) -> URL:
    return databases.migrated_postgres(postgres, "django_life")


def live(alias: str) -> tuple[str, str]:
    """From the first page of the wizard to a second password; the account that was made, and who signed in last."""
    auth, inbox = worlds.sync_auth(DjangoStore(alias))
    member = auth.run(scenario.approved_after_question(inbox, scenario.nurse()))
    signed_in = auth.run(scenario.signed_in(inbox, member))
    assert signed_in.account_id == member.account_id
    recovered = auth.run(scenario.recovered(inbox, member))
    with pytest.raises(errors.SignInRefused):
        auth.run(login.begin(member.identifier, member.password))
    return member.account_id, auth.run(scenario.signed_in(inbox, recovered)).account_id


def test_a_member_s_life_on_sqlite(alias: str) -> None:
    """Every flow of a member's way runs, and the old password opens nothing after the recovery."""
    made, last = live(alias)
    assert last == made


def test_a_member_s_life_on_postgresql(url: URL) -> None:
    """The same on PostgreSQL."""
    with databases.at_postgres(url) as alias:
        made, last = live(alias)
    assert last == made
