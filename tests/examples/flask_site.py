"""The example site on the memory store, and a visitor who fills in its forms as a browser would."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from entractes_auth import Auth, Channel, Keyring, Policy, Reviewer, Secret, Site
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.backends.storage.memory import MemoryStore
from entractes_auth.backends.store import Store
from entractes_auth.policy import HashPolicy
from entractes_auth.testing import FrozenClock, RecordingMessenger
from examples.flask_app import Desk, create_app
from examples.flask_app.captcha import DemonstrationCaptcha

__all__ = ["EMAIL", "MOBILE", "PDF", "STEPS", "Example", "Visitor", "build"]

MOBILE = "+33612345678"
EMAIL = "zoe@example.fr"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')

STEPS: dict[str, dict[str, object]] = {
    "identite": {
        "last_name": "Lefèvre",
        "first_name": "Zoé",
        "street": "12 rue de l'Église",
        "postcode": "29200",
        "city": "Brest",
    },
    "exercice": {
        "profession": "TRE_G15-ProfessionSante/60",
        "networks": ["none"],
        "professional_number": "99 700 218 896",
    },
    "prise-en-charge": {"visit": "yes"},
    "contacts": {"mobile": "06 12 34 56 78", "email": EMAIL},
}


@dataclass(frozen=True)
class Example:
    """The site and what stands behind it."""

    app: Flask
    messages: RecordingMessenger
    clock: FrozenClock
    documents: MemoryDocuments


def build(*, store: Store | None = None, secure_cookies: bool = False, demo: bool = True) -> Example:
    """The tutorial's policy, with the agency's test identities and a cheap hash."""
    messages, clock, documents = RecordingMessenger(), FrozenClock(), MemoryDocuments()
    policy = Policy.tutorial()
    policy = replace(
        policy,
        registration=replace(policy.registration, accept_test_numbers=True),
        credentials=replace(policy.credentials, hash=HashPolicy(time_cost=1, memory_kib=64, parallelism=1)),
    )
    auth = Auth(
        store=store or MemoryStore(),
        keys=Keyring.generate(),
        site=Site(name="Entr'Actes", origin="http://localhost", support_email="support@example.fr"),
        messengers={Channel.SMS: messages, Channel.EMAIL: messages},
        documents=documents,
        captcha=DemonstrationCaptcha(),
        policy=policy,
        clock=clock,
    )
    app = create_app(
        auth,
        secret_key="a made-up key of more than 32 bytes",
        desk=Desk(reviewer=Reviewer("r1", "Camille"), username="equipe", password=Secret("open sesame")),
        mailbox=messages if demo else None,
        clock=clock,
        secure_cookies=secure_cookies,
    )
    return Example(app, messages, clock, documents)


class Visitor:
    """One browser: keeps its cookies, and sends with each form the CSRF token of a page it has seen."""

    def __init__(self, example: Example, *, english: bool = False) -> None:
        self.example = example
        self.client: FlaskClient = example.app.test_client()
        self.language = {"langue": "en" if english else "fr"}
        if english:
            self.client.get("/", query_string=self.language)

    def get(self, path: str) -> TestResponse:
        """Open a page, wherever its redirects lead."""
        return self.client.get(path, follow_redirects=True)

    def post(self, path: str, **fields: object) -> TestResponse:
        """Send a form, and go where it leads."""
        return self.client.post(path, data=self._with_token(fields), follow_redirects=True)

    def answer(self, path: str, **fields: object) -> TestResponse:
        """Send a form; the answer itself, be it a redirect."""
        return self.client.post(path, data=self._with_token(fields))

    def csrf_token(self) -> str:
        """The CSRF token of this browser's session."""
        token = _TOKEN.search(self.client.get("/").text)
        assert token is not None
        return token[1]

    def _with_token(self, fields: dict[str, object]) -> dict[str, object]:
        return {"csrf_token": self.csrf_token(), **fields}

    def begin(self) -> str:
        """Begin a registration; gives the path of its link."""
        answer = self.answer("/inscription/", kind="professional")
        return answer.headers["Location"].rpartition("/")[0]

    def fill(self, link: str, *, until: str = "contacts") -> TestResponse:
        """Go through the wizard with valid answers, up to and with one step."""
        answer = None
        for slug, fields in STEPS.items():
            # A stream is read once: each upload is a new one.
            upload = {"document": (io.BytesIO(PDF), "cps.pdf")} if slug == "exercice" else {}
            answer = self.post(f"{link}/{slug}", **fields, **upload)
            if slug == until:
                break
        assert answer is not None
        return answer

    def confirm(self) -> TestResponse:
        """Open the e-mail's link and type the SMS's code."""
        messages = self.example.messages
        path = urlsplit(messages.last_link_to(EMAIL)).path
        return self.post(path, code=messages.last_code_to(MOBILE))

    def review(self) -> None:
        """Sign in as the reviewer."""
        self.post("/equipe/connexion", username="equipe", password="open sesame")

    def credentials(self) -> dict[str, str]:
        """What the newest messages say."""
        messages = self.example.messages
        return {
            "identifier": messages.last_identifier_to(EMAIL),
            "password": messages.last_password_to(MOBILE),
        }

    def sign_in(self, channel: str = "sms") -> TestResponse:
        """Both factors."""
        self.post("/connexion", captcha="yes", **self.credentials())
        self.post("/connexion/validation/envoi", channel=channel)
        code = self.example.messages.last_code_to(MOBILE if channel == "sms" else EMAIL)
        return self.post("/connexion/validation", code=code)
