"""The numbers by which French health professionals and structures are known, one shape for all.

    from entractes_auth.numbers import rpps

    number = rpps.parse("99 700 218 896")   # raises NumberRefused; explain(refused, "fr") says how to mend it
    number.formatted                        # '99 700 218 896'
    rpps.is_valid("99700218897")            # False

Modules `rpps`, `adeli`, `finess`, `siren` and `siret` each have a class, `parse` and `is_valid`;
`identifiers` reads the sign-up page's fields; `idnat` the national identifiers of cards and FHIR;
`findings` says what an operator should know; `catalogue` lists the professions.

A key is a typing check. Only the directory, or Pro Santé Connect, proves that a number exists.
"""

from __future__ import annotations

from entractes_auth.numbers.adeli import Adeli
from entractes_auth.numbers.catalogue import Profession, find_profession, offered_professions, profession
from entractes_auth.numbers.finding_texts import sentence
from entractes_auth.numbers.findings import Finding, examine_numbers
from entractes_auth.numbers.finess import Finess
from entractes_auth.numbers.identifiers import parse_professional, parse_structure
from entractes_auth.numbers.idnat import IdNatPs, IdNatStruct
from entractes_auth.numbers.refusal_texts import explain
from entractes_auth.numbers.rpps import Rpps
from entractes_auth.numbers.siren import Siren
from entractes_auth.numbers.siret import Siret

__all__ = [
    "Adeli",
    "Finding",
    "Finess",
    "IdNatPs",
    "IdNatStruct",
    "Profession",
    "Rpps",
    "Siren",
    "Siret",
    "examine_numbers",
    "explain",
    "find_profession",
    "offered_professions",
    "parse_professional",
    "parse_structure",
    "profession",
    "sentence",
]
