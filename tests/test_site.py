"""The site's settings are checked when they are read, and links come from them alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entractes_auth.errors import ConfigurationError
from entractes_auth.records.kinds import Purpose
from entractes_auth.site import MAXIMUM_DOMAIN_CHARACTERS, MAXIMUM_NAME_SEPTETS, Site

_SETTINGS: dict[str, Any] = {
    "name": "Entr'Actes",
    "origin": "https://www.example.fr",
    "support_email": "support@example.fr",
}


def refused(**settings: str) -> str:
    with pytest.raises(ConfigurationError) as error:
        Site(**(_SETTINGS | settings))
    return str(error.value)


def test_each_purpose_has_its_page() -> None:
    site = Site(**_SETTINGS)
    assert site.url(Purpose.CONFIRM, "a.b-c_1") == "https://www.example.fr/confirmation/a.b-c_1"
    assert site.url(Purpose.RESUME, "a") == "https://www.example.fr/inscription/a"
    assert site.url(Purpose.RECOVERY, "a") == "https://www.example.fr/recuperation/a"


def test_a_host_may_place_its_pages_elsewhere() -> None:
    site = Site(**_SETTINGS, confirm_path="/fr/valider?jeton={token}", recovery_path="/acces#{token}")
    assert site.url(Purpose.CONFIRM, "a") == "https://www.example.fr/fr/valider?jeton=a"
    assert site.url(Purpose.RECOVERY, "a") == "https://www.example.fr/acces#a"


def test_a_sign_in_ticket_is_never_written_into_a_link() -> None:
    with pytest.raises(ConfigurationError):
        Site(**_SETTINGS).url(Purpose.LOGIN, "a")


@given(st.text(max_size=50))
def test_no_token_leads_out_of_its_page(token: str) -> None:
    url = Site(**_SETTINGS).url(Purpose.CONFIRM, token)
    before, _, after = url.partition("/confirmation/")
    assert before == "https://www.example.fr"
    assert url.isascii()
    assert not set(after) & set("/?#&<>\"' \r\n@:\\")


@pytest.mark.parametrize(
    ("origin", "domain"),
    [
        ("https://www.example.fr", "www.example.fr"),
        ("https://example.fr:8443", "example.fr"),
        ("https://xn--sant-epa.example.fr", "xn--sant-epa.example.fr"),
        ("http://localhost:5000", "localhost"),
        ("http://127.0.0.1:5000", "127.0.0.1"),
    ],
)
def test_the_domain_of_the_sms_is_the_host_without_its_port(origin: str, domain: str) -> None:
    assert Site(**(_SETTINGS | {"origin": origin})).sms_domain == domain


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "www.example.fr",
        "http://www.example.fr",
        "http://localhost.example.fr",
        "https://www.example.fr/",
        "https://www.example.fr/app",
        "https://www.example.fr?x",
        "https://www.example.fr#x",
        "https://user@www.example.fr",
        "https://www.example.fr:0",
        "https://www.example.fr:65536",
        "https://www.example.fr\n",
        "https://www..example.fr",
        "https://-example.fr",
        "https://WWW.example.fr",
        "https://santé.example.fr",
        "ftp://www.example.fr",
        "javascript://www.example.fr",
        "https://" + "a" * 58 + ".fr",
    ],
)
def test_an_origin_that_could_not_work_or_could_be_overheard_is_refused(origin: str) -> None:
    assert "site.origin" in refused(origin=origin)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a" * 21,
        "€" * 11,
        "entr•Actes",
        "Entr’Actes",
        "Hôpital",
        " Entr'Actes",
        "Entr\nActes",
        "Entr\rActes",
    ],
)
def test_a_name_that_would_spoil_an_sms_or_a_header_is_refused(name: str) -> None:
    assert "site.name" in refused(name=name)


def test_the_longest_name_and_the_longest_domain_pass() -> None:
    domain = "a" * (MAXIMUM_DOMAIN_CHARACTERS - 3) + ".fr"
    site = Site(**(_SETTINGS | {"name": "é" * MAXIMUM_NAME_SEPTETS, "origin": f"https://{domain}"}))
    assert site.sms_domain == domain


@pytest.mark.parametrize(
    "support",
    ["", "support", "support@", "@example.fr", "a@b@example.fr", "s@example.fr\n", "s <s@example.fr>"],
)
def test_a_support_address_that_is_none_is_refused(support: str) -> None:
    assert "site.support_email" in refused(support_email=support)


@pytest.mark.parametrize("setting", ["confirm_path", "resume_path", "recovery_path"])
@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/page",
        "page/{token}",
        "//evil.example/{token}",
        "/{token}/{token}",
        "/{other}/{token}",
        "/a b/{token}",
    ],
)
def test_a_path_that_would_lose_the_token_or_leave_the_site_is_refused(setting: str, path: str) -> None:
    assert f"site.{setting}" in refused(**{setting: path})
