"""What a person at a browser does to the site, and what a thief with a copied cookie does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Flask
from flask.testing import FlaskClient

__all__ = ["Browser"]

_HOST: Final = "www.example.fr"
_ORIGIN: Final = f"https://{_HOST}"


@dataclass
class Browser:
    """A browser with an address of its own; `code` is the newest code for its sign-in, `left` how often one may err."""

    client: FlaskClient
    address: str
    code: str = ""
    left: int = 0

    @classmethod
    def of(cls, app: Flask, address: str, cookie: str = "") -> Browser:
        """A browser that never was here, or one that holds a copied cookie."""
        client = app.test_client()
        if cookie:
            client.set_cookie("session", cookie, domain=_HOST)
        return cls(client, address)

    def post(self, path: str, **typed: str) -> int:
        """Send a form from the site's own page; gives the status."""
        answer = self.client.post(
            path,
            data=typed,
            base_url=_ORIGIN,
            headers={"Origin": _ORIGIN},
            environ_base={"REMOTE_ADDR": self.address},
        )
        return answer.status_code

    @property
    def is_in(self) -> bool:
        """Whether the members' page opens."""
        return self.client.get("/espace", base_url=_ORIGIN).status_code == 200

    @property
    def cookie(self) -> str:
        """The session's cookie, as anybody could copy it from this browser now."""
        found = self.client.get_cookie("session", _HOST)
        return "" if found is None else found.value
