"""What counts as one network."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entractes_auth.networks import network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("192.0.2.7, 198.51.100.1", ""),
        ("example.fr", ""),
    ],
)
def test_each_address_has_its_network(address: str, network: str) -> None:
    """IPv4 whole, IPv6 by its /64, and nothing for what is no address."""
    assert network_of(address) == network


@given(st.integers(min_value=0x2000 << 48, max_value=(0x4000 << 48) - 1), st.integers(0, 2**64 - 1))
def test_a_household_has_one_budget(prefix: int, rest: int) -> None:
    """Whatever the last 64 bits of a public IPv6 address are, its network is the same."""
    first, other = (str(ipaddress.IPv6Address((prefix << 64) + low)) for low in (0, rest))
    assert network_of(other) == network_of(first) != ""


@given(st.text(max_size=60))
def test_no_text_is_an_error(text: str) -> None:
    """What is no address is nobody's network."""
    assert network_of(f"not an address: {text}") == ""
