"""The host's site, as messages name it: its name, its address, and where links lead.

Links are built from these settings alone. A request's `Host` header never takes part: whoever sends
it could have the victim's link point to a server of theirs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from entractes_auth.errors import ConfigurationError
from entractes_auth.gsm7 import septets
from entractes_auth.records.kinds import Purpose

__all__ = ["MAXIMUM_DOMAIN_CHARACTERS", "MAXIMUM_NAME_SEPTETS", "Site"]

# With both at their maximum, each SMS of `texts` still fits one segment of 160 septets.
MAXIMUM_NAME_SEPTETS: Final = 20
MAXIMUM_DOMAIN_CHARACTERS: Final = 60

_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ORIGIN: Final = re.compile(rf"(https?)://({_LABEL}(?:\.{_LABEL})*)(?::([1-9][0-9]{{0,4}}))?")
_LOCAL_HOSTS: Final = frozenset({"localhost", "127.0.0.1"})
_EMAIL: Final = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_PATH: Final = re.compile(r"/(?!/)[A-Za-z0-9/_.~?=&#-]*\{token\}[A-Za-z0-9/_.~=&#-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What messages say about the host. Checked when it is built: no request meets a wrong one.

    `name`: 1 to 20 septets of the GSM alphabet. `origin`: "https://www.example.fr", with neither
    path nor closing slash; http is taken for localhost and 127.0.0.1 only. `support_email`: where
    people may write. Paths start with "/" and hold "{token}" once.

    Raises:
        ConfigurationError: names the setting and says how to mend it.
    """

    name: str
    origin: str
    support_email: str
    confirm_path: str = "/confirmation/{token}"
    resume_path: str = "/inscription/{token}"
    recovery_path: str = "/recuperation/{token}"

    def __post_init__(self) -> None:
        _check_name(self.name)
        _check_origin(self.origin)
        # `fullmatch`, here and below: `$` would let a line end pass, and with it a second mail header.
        if _EMAIL.fullmatch(self.support_email) is None or len(self.support_email) > 254:
            raise ConfigurationError("site.support_email must be an address such as support@example.fr")
        for setting in ("confirm_path", "resume_path", "recovery_path"):
            path: str = getattr(self, setting)
            if _PATH.fullmatch(path) is None:
                raise ConfigurationError(f"site.{setting} must start with '/' and hold '{{token}}' once")

    @property
    def sms_domain(self) -> str:
        """The host name without its port, for the last line of a code SMS (WICG, SMS one-time codes)."""
        return _host(self.origin)

    def url(self, purpose: Purpose, token: str) -> str:
        """The address of the page that takes this link.

        Raises:
            ConfigurationError: a sign-in ticket, which stays in the browser and is never sent.
        """
        path = {
            Purpose.CONFIRM: self.confirm_path,
            Purpose.RESUME: self.resume_path,
            Purpose.RECOVERY: self.recovery_path,
        }.get(purpose)
        if path is None:
            raise ConfigurationError("a sign-in ticket is never written into a link")
        return self.origin + path.replace("{token}", quote(token, safe=""))


def _check_name(name: str) -> None:
    length = septets(name)
    if length is None:
        raise ConfigurationError(
            "site.name must be of the GSM alphabet, so that it fits into SMS (no ê, ç, œ)"
        )
    if not 1 <= length <= MAXIMUM_NAME_SEPTETS:
        raise ConfigurationError(f"site.name must have 1 to {MAXIMUM_NAME_SEPTETS} characters")
    if name != name.strip() or not name.isprintable():
        raise ConfigurationError("site.name must not hold line ends, nor spaces around it")


def _check_origin(origin: str) -> None:
    found = _ORIGIN.fullmatch(origin)
    if found is None or int(found[3] or 0) > 65_535:
        raise ConfigurationError(
            "site.origin must be like https://www.example.fr: lower case, no path, no closing slash"
        )
    if found[1] == "http" and found[2] not in _LOCAL_HOSTS:
        # Over http, whoever is on the way reads the link and the code typed behind it.
        raise ConfigurationError("site.origin must be https; http is for localhost and 127.0.0.1")
    if len(found[2]) > MAXIMUM_DOMAIN_CHARACTERS:
        raise ConfigurationError(
            f"site.origin must name a host of at most {MAXIMUM_DOMAIN_CHARACTERS} characters"
        )


def _host(origin: str) -> str:
    return origin.partition("://")[2].partition(":")[0]
