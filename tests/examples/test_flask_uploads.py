"""What the example site does with a file that is too heavy."""

from __future__ import annotations

import io

import pytest
from werkzeug.test import TestResponse

from tests.examples.flask_site import Visitor, build


@pytest.fixture
def visitor() -> Visitor:
    return Visitor(build())


def _send(visitor: Visitor, path: str, body: bytes) -> TestResponse:
    """A multipart body as it is: the client would keep one of this size in a file of its own."""
    return visitor.client.post(
        path,
        input_stream=io.BytesIO(body),
        content_type="multipart/form-data; boundary=x",
        headers={"Content-Length": str(len(body))},
    )


def test_a_photo_that_is_too_heavy_is_told_at_its_field_and_takes_nothing_with_it(visitor: Visitor) -> None:
    link = visitor.begin()
    visitor.fill(link, until="identite")
    fields = {"csrf_token": visitor.csrf_token(), "professional_number": "997"}
    parts = [f'--x\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
    parts.append('--x\r\nContent-Disposition: form-data; name="document"; filename="cps.jpg"\r\n\r\n')
    body = "".join(parts).encode() + b"\xff\xd8\xff" + bytes(11 * 2**20) + b"\r\n--x--\r\n"
    page = _send(visitor, f"{link}/exercice", body)
    assert page.status_code == 422
    assert 'id="document-error"' in page.text
    assert 'value="997"' in page.text


def test_an_upload_of_which_nothing_is_read_is_told_at_its_field(visitor: Visitor) -> None:
    link = visitor.begin()
    visitor.fill(link, until="identite")
    page = _send(visitor, f"{link}/exercice", bytes(41 * 2**20))
    assert page.status_code == 413
    assert 'id="document-error"' in page.text
