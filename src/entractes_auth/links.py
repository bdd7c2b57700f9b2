"""Links: an id, a key's name and a MAC over both and the purpose; verified without a read.

    <key name>.<id: 32 hexadecimal digits>.<MAC: 43 characters of base64url>

The MAC is 256 bits, so a link cannot be guessed or changed; without the key, a copy of the
database yields none. A link is good for one purpose. It holds no address to go to
afterwards: an open redirect cannot be built from one. Whether a link is still open is the
business of the row that it names.
"""

from __future__ import annotations

import base64
import hmac
import re
from typing import Final

from entractes_auth.errors import KeyMissing, LinkRefused
from entractes_auth.keys import Keyring
from entractes_auth.records.kinds import Purpose
from entractes_auth.redact import Secret

__all__ = ["LinkText", "open_link", "seal"]

LinkText = str | Secret
"""A link as a flow takes it: the `Secret` that another flow gave, or the text that a browser sent."""

_SHAPE: Final = re.compile(r"([A-Za-z0-9_-]{1,16})\.([0-9a-f]{32})\.([A-Za-z0-9_-]{43})")


def seal(purpose: Purpose, id_: str, keys: Keyring) -> Secret:
    """Make the link that names `id_` (32 hexadecimal digits), with the active key."""
    return Secret(f"{keys.active}.{id_}.{_mac(keys.active, purpose, id_, keys)}")


def open_link(link: LinkText, purpose: Purpose, keys: Keyring) -> str:
    """Give the id that the link names.

    Raises:
        LinkRefused: cut, changed, made for another purpose, or by a key that is gone. The
            caller does not learn which: the message says how to get a new one.
    """
    text = link.reveal() if isinstance(link, Secret) else link
    # A mail program may add white space when a long line is copied; nothing else is repaired.
    match = _SHAPE.fullmatch(text.strip()) if len(text) <= 200 else None
    if match is None:
        raise LinkRefused
    key_id, id_, mac = match.groups()
    try:
        right = Secret(_mac(key_id, purpose, id_, keys))
    except KeyMissing:
        # The name is the asker's: an unknown one is a forged or very old link, not our misconfiguration.
        raise LinkRefused from None
    # A `Secret`: a crash reporter that keeps what a raising frame holds must not make a link of a forged one.
    if not hmac.compare_digest(right.reveal(), mac):
        raise LinkRefused
    return id_


def _mac(key_id: str, purpose: Purpose, id_: str, keys: Keyring) -> str:
    mac = keys.mac(key_id, f"link/{purpose.value}", id_.encode(), key_id.encode())
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")
