"""Ids of records: `entractes_auth.ids`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID

from hypothesis import given
from hypothesis import strategies as st

from entractes_auth.ids import RANDOM_BYTES, ordered_id

instants = st.datetimes(datetime(1970, 1, 1), datetime(9998, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - `timezones`
randoms = st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES)


@given(st.datetimes(timezones=st.just(UTC)), randoms)
def test_an_id_is_a_uuid_of_version_7_in_32_digits(at: datetime, random: bytes) -> None:
    made = ordered_id(at, random)
    assert re.fullmatch("[0-9a-f]{32}", made)
    assert (UUID(made).version, UUID(made).variant) == (7, RFC_4122)


@given(instants, randoms, randoms, st.timedeltas(timedelta(milliseconds=1), timedelta(days=365)))
def test_ids_are_in_the_order_of_time(at: datetime, one: bytes, other: bytes, later: timedelta) -> None:
    assert ordered_id(at, one) < ordered_id(at + later, other)


def test_an_id_has_its_milliseconds_and_all_other_bits_from_the_random_source() -> None:
    """The example of RFC 9562, appendix A.6: 2022-02-22 14:22:22-05:00."""
    at = datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)
    assert ordered_id(at, bytes.fromhex("0CC318C4DC0C0C07398F")) == "017f22e279b07cc398c4dc0c0c07398f"


@given(instants, randoms, st.integers(0, 8 * RANDOM_BYTES - 1))
def test_seventy_four_bits_of_an_id_are_random(at: datetime, random: bytes, bit: int) -> None:
    other = (int.from_bytes(random, "big") ^ 1 << bit).to_bytes(RANDOM_BYTES, "big")
    fixed = bit in {62, 63} or bit >= 76
    assert (ordered_id(at, random) == ordered_id(at, other)) == fixed
