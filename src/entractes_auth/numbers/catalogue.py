"""The professions that the French registers know, as pairs of a table and a code.

Keep the pair, not the label and not the code alone: code 93 (psychologist) is in two tables. A code
that its table has deprecated stays readable, for old records, and is not offered to new ones. A
student category (TRE_R09 "E") is not a profession.

Source: ANS, nomenclatures des objets de santé: TRE_G15-ProfessionSante (OID 1.2.250.1.71.1.2.7,
version of 28 March 2025), TRE_R94-ProfessionSocial (OID 1.2.250.1.213.1.6.1.4), TRE_R95-UsagerTitre
(OID 1.2.250.1.213.1.6.1.109), TRE_R291-AutreProfession (OID 1.2.250.1.213.1.6.1.140). French labels
and statuses are the agency's; English labels are ours.

When each profession left ADELI for the RPPS: DREES, "La démographie des professionnels de santé" (years),
and the regional health agencies' notices (months). Where they say nothing, neither does the catalogue.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType

__all__ = ["Profession", "find_profession", "offered_professions", "profession", "profession_of_code"]


@dataclass(frozen=True, slots=True)
class Profession:
    """One profession. `status` is "active", or says since when, and for what, the code is deprecated.

    `in_rpps_since` is when its members left ADELI for the RPPS, "2021-10" or "2011"; empty when not known,
    or when they never were in ADELI.
    """

    table: str
    code: str
    label_fr: str
    label_en: str
    status: str
    in_rpps_since: str

    @property
    def key(self) -> str:
        """What to store: table and code, "TRE_G15-ProfessionSante/60"."""
        return f"{self.table}/{self.code}"

    @property
    def offered(self) -> bool:
        """Whether a new registration may choose it."""
        return self.status == "active"


def profession(table: str, code: str) -> Profession | None:
    """The profession of that table and code, deprecated ones included; None when there is none."""
    return find_profession(f"{table}/{code}")


def find_profession(key: str) -> Profession | None:
    """The profession whose `key` this is, deprecated ones included; None when there is none."""
    return _by_key().get(key)


def profession_of_code(code: str) -> Profession | None:
    """What the directory means by a code without its table: an offered one first, for 93 is in two."""
    found = [one for one in _by_key().values() if one.code == code]
    return min(found, key=lambda one: not one.offered, default=None)


def offered_professions() -> tuple[Profession, ...]:
    """What a sign-up page lists, in the agency's order."""
    return tuple(one for one in _by_key().values() if one.offered)


@functools.cache
def _by_key() -> Mapping[str, Profession]:
    """Read at first use, once; read-only, since every caller shares it."""
    source = resources.files("entractes_auth.numbers").joinpath("professions.csv")
    rows = csv.DictReader(source.read_text(encoding="utf-8").splitlines())
    professions = (Profession(**row) for row in rows)
    return MappingProxyType({one.key: one for one in professions})
