"""Networks, as budgets know them: what one household or one office shares, and cannot have many of."""

from __future__ import annotations

import ipaddress
from typing import Final

__all__ = ["network_of"]

_IPV6_PREFIX: Final = 64  # what a provider gives a household (RFC 6177, section 2): all of it is one asker


def network_of(address: str) -> str:
    """Give what the flows' `network` parameter wants: the IPv4 address, or the /64 of the IPv6 one.

    An IPv4 address written as IPv6 is itself. A text that is no address gives "", which no budget
    counts: say who asks, or the budgets of networks do not hold. Behind a proxy, `address` must be
    the one that the proxy vouches for; a header that the asker can write lets each request choose.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((int(parsed), _IPV6_PREFIX), strict=False))
