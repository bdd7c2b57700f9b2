"""The two runners: `Auth` runs a flow in the calling thread, `AsyncAuth` on the running event loop.

Both run a flow again, with fresh reads and remembered answers, when its commit lost to a
concurrent change; both then try to deliver at once what the flow queued (`deliver="inline"`).
"""

from __future__ import annotations

from entractes_auth.auth.async_runner import AsyncAuth
from entractes_auth.auth.runs import Deliver
from entractes_auth.auth.sync_runner import Auth

__all__ = ["AsyncAuth", "Auth", "Deliver"]
