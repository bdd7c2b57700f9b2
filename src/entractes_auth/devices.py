"""Device tokens: what tells a device on which a member signed in before from the rest of the world.

    <key name>.<device id: 32 hexadecimal digits>.<day: days since 1970>.<MAC: 43 characters of base64url>

Five-digit identifiers can be counted through, so failures that anybody can cause must not keep a
member out. A device that carries a token for the identifier typed has a budget of its own, which no
stranger can use up. It is no factor: it opens nothing, and saves neither the password nor the code.

A browser keeps one jar: the tokens of the members who signed in on it, newest first, joined by `~`
(a computer in a ward is many members' device). The MAC is over the identifier too, which the token
does not show, so that the token of one's own account is noise for every other. Accepted: a stolen jar
gives its thief the device's own budgets until it expires, whatever password is issued meanwhile, and
its thief can find the identifier by trying all of them against the site.
"""

from __future__ import annotations

import base64
import hmac
import re
from datetime import datetime, timedelta
from typing import Final

from entractes_auth.errors import KeyMissing
from entractes_auth.keys import Keyring
from entractes_auth.links import LinkText
from entractes_auth.redact import Secret

__all__ = ["recognise", "remember"]

_SHAPE: Final = re.compile(r"([A-Za-z0-9_-]{1,16})\.([0-9a-f]{32})\.([0-9]{5})\.([A-Za-z0-9_-]{43})")
_MOST: Final = 16  # tokens that are looked at: a cookie that a stranger filled must not cost MACs without end
_LONGEST: Final = _MOST * 128
_DAY: Final = timedelta(days=1)
_EPOCH: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def recognise(
    jar: LinkText, identifier: str, keys: Keyring, *, now: datetime, lifetime: timedelta
) -> str | None:
    """The device's id, if the jar holds a token for this identifier that is not older than `lifetime`.

    Anything else in the jar (cut, forged, expired, of a key that is gone) is passed over: a jar comes
    from a browser, and an unreadable one is an unknown device, not an error.
    """
    today = (now - _EPOCH) // _DAY
    for token in _tokens(jar):
        found = _device(token, identifier, keys)
        # A day that has not come yet was sealed by a clock that ran ahead; it is no older than that.
        if found is not None and today - found[1] <= lifetime // _DAY:
            return found[0]
    return None


def remember(
    jar: LinkText, identifier: str, device_id: str, keys: Keyring, *, now: datetime, keep: int
) -> Secret:
    """The jar with a fresh token for this identifier in front, and at most `keep` tokens in all."""
    day = str((now - _EPOCH) // _DAY)
    mac = _mac(keys.active, device_id, day, identifier, keys)
    others = [token for token in _tokens(jar) if _device(token, identifier, keys) is None]
    return Secret("~".join([f"{keys.active}.{device_id}.{day}.{mac}", *others][:keep]))


def _tokens(jar: LinkText) -> list[str]:
    text = jar.reveal() if isinstance(jar, Secret) else jar
    tokens = text.split("~") if len(text) <= _LONGEST else []
    return [token for token in tokens[:_MOST] if _SHAPE.fullmatch(token)]


def _device(token: str, identifier: str, keys: Keyring) -> tuple[str, int] | None:
    """The id and the day of a token that was made for this identifier."""
    key_id, device_id, day, mac = token.split(".")
    try:
        right = _mac(key_id, device_id, day, identifier, keys)
    except KeyMissing:
        return None
    return (device_id, int(day)) if hmac.compare_digest(right, mac) else None


def _mac(key_id: str, device_id: str, day: str, identifier: str, keys: Keyring) -> str:
    parts = (key_id, device_id, day, identifier)
    mac = keys.mac(key_id, "device", *(part.encode("utf-8", "surrogatepass") for part in parts))
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")
