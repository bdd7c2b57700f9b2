"""Valid numbers of each kind, over every range in which they are given.

The keys are computed in `_judge`, apart from the library, so that a library that refuses a real
number fails here. Each strategy shrinks to a published number: of a hospital, or a test identity of
the agency's, which is never a real person's. Other numbers of professionals are made up; one may by
chance be somebody's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from entractes_auth.numbers.adeli import Adeli
from entractes_auth.numbers.finess import Finess
from entractes_auth.numbers.idnat import IdNatPs, IdNatStruct
from entractes_auth.numbers.rpps import Rpps
from entractes_auth.numbers.siren import Siren
from entractes_auth.numbers.siret import Siret
from entractes_auth.testing.strategies._departments import (
    TEST_DEPARTMENT,
    adeli_beginnings,
    finess_beginnings,
)
from entractes_auth.testing.strategies._judge import LA_POSTE, LA_POSTE_HEAD_OFFICE, with_key

__all__ = [
    "adeli_numbers",
    "finess_numbers",
    "idnat_ps_numbers",
    "idnat_struct_numbers",
    "professional_numbers",
    "rpps_numbers",
    "siren_numbers",
    "siret_numbers",
    "structure_numbers",
]

_TEST_RPPS: Final = ("99700218896", "99900007743", "99700075064", "99700245667", "99900007750")
_TEST_ADELI: Final = ("0B1057294", "0B1053871", "0B1053863")
_HOSPITALS: Final = (
    "750100125",
    "690784152",
    "2A0000022",
    "2B0000012",
    "970100400",
    "970211215",
    "980500011",
)
_SIREN: Final = ("130025265", "267500452", "775663438", LA_POSTE)
_SIRET: Final = ("13002526500013", "26750045200524", "26200006000018", "35600000024249", LA_POSTE_HEAD_OFFICE)


def rpps_numbers(*, test_identities: bool = True) -> SearchStrategy[Rpps]:
    """RPPS numbers: the agency's test identities (99...), those in use (100, 101), and other beginnings."""
    tests = (st.sampled_from(_TEST_RPPS), _keyed(("997", "999"), 7)) if test_identities else ()
    return st.one_of(*tests, _keyed(("100", "101"), 7), _keyed("12345678", 9)).map(Rpps)


def adeli_numbers(*, department: str | None = None, test_identities: bool = True) -> SearchStrategy[Adeli]:
    """ADELI numbers of every department, or of one (an INSEE code: "29", "2A", "974").

    Test identities (0B) belong to no department. Raises ValueError for a department without ADELI numbers.
    """
    beginnings = _known(adeli_beginnings(department), "ADELI", department)
    tests = [st.sampled_from(_TEST_ADELI), _keyed((TEST_DEPARTMENT,), 6)]
    if department is not None or not test_identities:
        tests.clear()
    return st.one_of(*tests, _keyed(beginnings, 6)).map(Adeli)


def finess_numbers(*, department: str | None = None, test_identities: bool = True) -> SearchStrategy[Finess]:
    """FINESS numbers of every department, or of one (an INSEE code); overseas they name it by four digits.

    Test identities (0B) belong to no department. Raises ValueError for a department without FINESS numbers.
    """
    beginnings = _known(finess_beginnings(department), "FINESS", department)
    hospitals = tuple(one for one in _HOSPITALS if one.startswith(beginnings))
    known = (st.sampled_from(hospitals),) if hospitals else ()
    tests = (_keyed((TEST_DEPARTMENT,), 6),) if test_identities and department is None else ()
    by_length = [
        _keyed(tuple(one for one in beginnings if len(one) == length), 8 - length)
        for length in (2, 4)
        if any(len(one) == length for one in beginnings)
    ]
    return st.one_of(*known, *by_length, *tests).map(Finess)


def siren_numbers() -> SearchStrategy[Siren]:
    """SIREN numbers; La Poste's is among them."""
    return _sirens().map(Siren)


def siret_numbers() -> SearchStrategy[Siret]:
    """SIRET numbers, a part of them La Poste's: its head office, and establishments under its own rule."""
    la_poste = st.builds(_establishment, st.just(LA_POSTE), st.integers(0, 9999), st.booleans())
    others = st.builds(_establishment, _sirens(), st.integers(0, 9999), st.booleans())
    return st.one_of(st.sampled_from(_SIRET), others, la_poste).map(Siret)


def idnat_ps_numbers(*, test_identities: bool = True) -> SearchStrategy[IdNatPs]:
    """National identifiers of professionals: `8` and an RPPS, or `0` and an ADELI number."""
    rpps = rpps_numbers(test_identities=test_identities).map("8{}".format)
    adeli = adeli_numbers(test_identities=test_identities).map("0{}".format)
    return st.one_of(rpps, adeli).map(IdNatPs)


def idnat_struct_numbers() -> SearchStrategy[IdNatStruct]:
    """National identifiers of structures: FINESS, SIREN, SIRET, and the practices of professionals."""
    return st.one_of(
        finess_numbers().map("1{}".format),
        siren_numbers().map("2{}".format),
        siret_numbers().map("3{}".format),
        # A practice of a professional: the number, a rank, and for the RPPS a key over both.
        st.builds("4{}{:02}".format, rpps_numbers(), st.integers(0, 99)).map(_practice),
        st.builds("0{}{:02}".format, adeli_numbers(), st.integers(0, 99)),
    ).map(IdNatStruct)


def professional_numbers(*, test_identities: bool = True) -> SearchStrategy[Rpps | Adeli]:
    """What the professional's field of the sign-up page may hold."""
    return st.one_of(
        rpps_numbers(test_identities=test_identities), adeli_numbers(test_identities=test_identities)
    )


def structure_numbers(*, test_identities: bool = True) -> SearchStrategy[Finess | Siren | Siret]:
    """What the structure's field of the sign-up page may hold."""
    return st.one_of(finess_numbers(test_identities=test_identities), siret_numbers(), siren_numbers())


def _keyed(beginnings: Sequence[str], digits: int) -> SearchStrategy[str]:
    """One of the beginnings, so many digits, and the key."""
    orders = st.integers(0, 10**digits - 1).map(f"{{:0{digits}}}".format)
    return st.builds(str.__add__, st.sampled_from(beginnings), orders).map(with_key)


def _sirens() -> SearchStrategy[str]:
    # From 1: all zeros satisfy the key and are nobody's.
    return st.one_of(st.sampled_from(_SIREN), st.integers(1, 10**8 - 1).map("{:08}".format).map(with_key))


def _establishment(siren: str, order: int, second: bool) -> str:
    """The SIRET of an establishment. La Poste's rule leaves two last digits to choose from."""
    body = f"{siren}{order:04}"
    if siren != LA_POSTE:
        return with_key(body)
    return f"{body}{-sum(map(int, body)) % 5 + 5 * second}"


def _practice(identifier: str) -> str:
    return f"4{with_key(identifier[1:])}"


def _known(beginnings: tuple[str, ...], kind: str, department: str | None) -> tuple[str, ...]:
    if not beginnings:
        raise ValueError(f"no {kind} number names the department {department!r}")
    return beginnings
