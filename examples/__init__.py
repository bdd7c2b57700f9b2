"""Programs that use entractes_auth as any host would: read them, run them, start from them."""

from __future__ import annotations
