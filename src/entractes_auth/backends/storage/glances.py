"""What a page may show of the address that a code went to. One rule for every store."""

from __future__ import annotations

from entractes_auth.contacts import mask_email, mask_phone
from entractes_auth.records.kinds import Channel

__all__ = ["masked_address"]


def masked_address(channel: Channel | None, address: str) -> str:
    """The address of the newest sending, masked; "" when nothing was sent yet (`channel` is None)."""
    match channel:
        case None:
            return ""
        case Channel.SMS:
            return mask_phone(address)
        case Channel.EMAIL:
            return mask_email(address)
