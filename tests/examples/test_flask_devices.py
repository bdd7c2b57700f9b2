"""The cookie of known devices, and what it is for."""

from __future__ import annotations

import re

import pytest
from werkzeug.wrappers import Response

from entractes_auth import Secret
from entractes_auth.testing import scenario
from examples.flask_app import device_cookie
from tests.examples.flask_site import Visitor, build


@pytest.mark.parametrize(("secure", "name"), [(True, "__Host-devices"), (False, "devices")])
def test_the_devices_cookie_outlives_the_session_and_is_out_of_reach_of_scripts(
    secure: bool, name: str
) -> None:
    """It lasts as long as the policy says, and signing out leaves it."""
    example = build(secure_cookies=secure)
    with example.app.test_request_context(base_url="https://localhost"):
        kept = device_cookie.keep(Response(), Secret("jar"))
    cookie = kept.headers["Set-Cookie"]
    assert cookie.startswith(f"{name}=jar;")
    for part in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=15552000"):
        assert part in cookie
    assert ("Secure" in cookie) == secure


def test_a_device_that_signed_in_is_not_kept_out_by_strangers() -> None:
    """Ten wrong passwords from elsewhere make other browsers wait, and not this one."""
    visitor = Visitor(build())
    visitor.fill(visitor.begin())
    visitor.confirm()
    visitor.review()
    row = re.search(r'href="(/equipe/inscriptions/\w+)"', visitor.get("/equipe").text)
    assert row is not None
    visitor.post(f"{row[1]}/approbation")
    visitor.sign_in()
    visitor.post("/deconnexion")
    right = visitor.credentials()
    stranger = Visitor(visitor.example)
    wrong = {**right, "password": scenario.another(right["password"])}
    answers = [stranger.post("/connexion", captcha="yes", **wrong).status_code for _ in range(11)]
    assert answers[-1] == 429
    assert stranger.post("/connexion", captcha="yes", **right).status_code == 429
    assert visitor.post("/connexion", captcha="yes", **right).status_code == 200
