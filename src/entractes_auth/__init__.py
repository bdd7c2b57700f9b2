"""entractes_auth: the whole account life of a platform for health professionals, in any Python framework.

    from entractes_auth import Auth, Keyring, Policy, Site
    from entractes_auth.flows import registration

    auth = Auth(store=..., keys=Keyring.from_env(), site=Site(...), messengers=..., documents=...)
    draft = auth.run(registration.begin(Kind.PROFESSIONAL))

Names are loaded when they are first used: importing the package costs next to nothing, and
no optional dependency is touched until its adapter is imported by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from entractes_auth.lazy import exporter

if TYPE_CHECKING:
    from entractes_auth.auth import AsyncAuth, Auth
    from entractes_auth.env import Env
    from entractes_auth.errors import AuthError
    from entractes_auth.flow import Flow
    from entractes_auth.flows.review import Reviewer
    from entractes_auth.keys import Keyring
    from entractes_auth.policy import Policy
    from entractes_auth.records.kinds import Channel, Kind, Locale, Purpose, State, Step
    from entractes_auth.redact import Secret
    from entractes_auth.site import Site

__all__ = [
    "AsyncAuth",
    "Auth",
    "AuthError",
    "Channel",
    "Env",
    "Flow",
    "Keyring",
    "Kind",
    "Locale",
    "Policy",
    "Purpose",
    "Reviewer",
    "Secret",
    "Site",
    "State",
    "Step",
]

_HOMES = {
    "AsyncAuth": "auth",
    "Auth": "auth",
    "AuthError": "errors",
    "Channel": "records.kinds",
    "Env": "env",
    "Flow": "flow",
    "Keyring": "keys",
    "Kind": "records.kinds",
    "Locale": "records.kinds",
    "Policy": "policy",
    "Purpose": "records.kinds",
    "Reviewer": "flows.review",
    "Secret": "redact",
    "Site": "site",
    "State": "records.kinds",
    "Step": "records.kinds",
}

__getattr__, __dir__ = exporter(__name__, _HOMES)
