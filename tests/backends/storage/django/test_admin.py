"""The admin shows where things stand, masked; it changes nothing, and cannot be asked about what it hides."""

from __future__ import annotations

from collections.abc import Generator
from typing import Final

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from entractes_auth.backends.batch import Batch
from entractes_auth.backends.storage.django import DjangoStore
from entractes_auth.contacts import mask_email, mask_phone
from entractes_auth.records.kinds import State
from entractes_auth.testing import builders as b
from tests.backends.storage.django import databases

ACCOUNT: Final = b.account(1)
REGISTRATION: Final = b.registration(1, State.IN_REVIEW)
MESSAGE: Final = b.code_message(1)
EVENT: Final = b.event(1)
PAGES: Final = {
    "account": ACCOUNT.id,
    "registration": REGISTRATION.id,
    "message": MESSAGE.id,
    "event": EVENT.id,
}
each_page = pytest.mark.parametrize("page", PAGES)


def everything() -> Batch:
    """One record of each kind, with all that must be hidden."""
    return b.batch(ACCOUNT, REGISTRATION, b.challenge(1), MESSAGE, EVENT)


@pytest.fixture
def staff(default_database: None) -> Generator[Client]:
    """A superuser: what is hidden from that one is hidden from all."""
    databases.emptied("default")
    DjangoStore().commit(everything())
    client = Client()
    client.force_login(User.objects.create_superuser("staff"))
    yield client
    databases.emptied("default")
    User.objects.all().delete()


def shown(client: Client, page: str) -> str:
    """The list, and the page of its only row."""
    urls = (f"/admin/entractes_auth/{page}/", f"/admin/entractes_auth/{page}/{PAGES[page]}/change/")
    answers = [client.get(url) for url in urls]
    assert [answer.status_code for answer in answers] == [200, 200]
    return "\n".join(answer.content.decode() for answer in answers)


def rows() -> list[object]:
    """All that the database holds."""
    models = apps.get_app_config("entractes_auth").get_models()
    return [row for model in models for row in model._default_manager.values()]


def secrets() -> list[str]:
    """What no page may show: of people, and of what codes and passwords are derived from."""
    contacts, practice = REGISTRATION.contacts, REGISTRATION.practice
    assert contacts is not None
    assert practice is not None
    assert MESSAGE.seed is not None
    return [
        *(ACCOUNT.identifier, ACCOUNT.email, ACCOUNT.mobile, ACCOUNT.last_name),
        *(ACCOUNT.credential.hash, ACCOUNT.credential.serial, str(ACCOUNT.professional_number)),
        *(contacts.email, contacts.mobile, str(practice.professional_number)),
        *(MESSAGE.address, MESSAGE.seed.nonce.hex(), repr(MESSAGE.seed.nonce), b.sending().nonce.hex()),
    ]


@each_page
def test_a_page_shows_nothing_personal(page: str, staff: Client) -> None:
    """Neither the list nor the row has an identifier, an address, a name, a number, a hash or a nonce."""
    text = shown(staff, page)
    assert PAGES[page] in text
    assert [secret for secret in secrets() if secret in text] == []


@each_page
def test_a_page_reads_no_second_table(page: str, staff: Client) -> None:
    """The list costs the same, however many rows there are: one count and one page of rows."""
    with CaptureQueriesContext(connection) as queries:
        staff.get(f"/admin/entractes_auth/{page}/")
    ours = [query["sql"] for query in queries if "entractes_auth_" in query["sql"]]
    assert len(ours) == 2


def test_contacts_are_masked_as_pages_mask_them(staff: Client) -> None:
    """An operator recognises an address, and cannot copy it."""
    text = shown(staff, "account")
    assert mask_email(ACCOUNT.email) in text
    assert mask_phone(ACCOUNT.mobile) in text
    assert f"••••{ACCOUNT.identifier[-1]}" in text


@pytest.mark.parametrize("page", ["challenge", "budget"])
def test_challenges_and_budgets_have_no_page(page: str, staff: Client) -> None:
    """What codes are derived from is not even listed, nor who tried how often."""
    assert staff.get(f"/admin/entractes_auth/{page}/").status_code == 404


@each_page
def test_nothing_is_added_changed_or_deleted(page: str, staff: Client) -> None:
    """Even a superuser changes nothing here: what changes anything is a flow."""
    place = f"/admin/entractes_auth/{page}"
    before = rows()
    selected = {"action": "delete_selected", "_selected_action": PAGES[page]}
    statuses = [
        staff.get(f"{place}/add/").status_code,
        staff.post(f"{place}/add/", {}).status_code,
        staff.post(f"{place}/{PAGES[page]}/change/", {"state": "active"}).status_code,
        staff.post(f"{place}/{PAGES[page]}/delete/", {"post": "yes"}).status_code,
    ]
    assert statuses == [403, 403, 403, 403]
    staff.post(f"{place}/", selected)
    assert rows() == before


@pytest.mark.parametrize(
    "question",
    [
        "email__startswith=a",
        "credential_hash__startswith=%24argon2",
        "identifier__gt=50000",
        "mobile=%2B33612345678",
        "seed_nonce__isnull=0",
    ],
)
@each_page
def test_a_hidden_column_cannot_be_asked_about(page: str, question: str, staff: Client) -> None:
    """A query string that would read a column letter by letter is refused."""
    answer = staff.get(f"/admin/entractes_auth/{page}/?{question}")
    assert answer.status_code in (302, 400)
    if answer.status_code == 302:  # a column that this table does not have
        assert answer.headers["Location"].endswith("?e=1")


@pytest.mark.parametrize(("state", "found"), [("in_review", 1), ("draft", 0)])
def test_the_offered_filter_filters(state: str, found: int, staff: Client) -> None:
    """The filter beside the list keeps what it says."""
    text = staff.get(f"/admin/entractes_auth/registration/?state={state}").content.decode()
    assert text.count(f"{REGISTRATION.id}/change/") == found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (ACCOUNT.id, 1),
        (ACCOUNT.registration_id, 1),
        (str(ACCOUNT.professional_number), 1),
        (str(ACCOUNT.professional_number)[:-1], 0),
        (ACCOUNT.email, 0),
        (ACCOUNT.identifier, 0),
    ],
)
def test_a_search_is_for_something_whole_and_public(typed: str, found: int, staff: Client) -> None:
    """Whole ids and professional numbers find a row; parts, addresses and identifiers find none."""
    text = staff.get("/admin/entractes_auth/account/", {"q": typed}).content.decode()
    assert text.count(f"{ACCOUNT.id}/change/") == found
