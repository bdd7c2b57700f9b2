"""The numbers by which French health professionals and structures are known, one shape for all.

    from entractes_auth.numbers import rpps

    number = rpps.parse("99 700 218 896")   # raises NumberRefused; explain(refused, "fr") says how to mend it
    number.formatted                        # '99 700 218 896'
    rpps.is_valid("99700218897")            # False

Modules `rpps`, `adeli`, `finess`, `siren` and `siret` each have a class, `parse` and `is_valid`;
`identifiers` reads the sign-up page's fields; `idnat` the national identifiers of cards; `fhir` the
identifiers of FHIR resources; `findings` and `directory_answer` say what an operator should know; `names`
compares names; `catalogue` lists the professions, `kinds` the other closed lists.

A key is a typing check. Only the directory, or Pro Santé Connect, proves that a number exists.
"""

from __future__ import annotations

from entractes_auth.numbers.adeli import Adeli
from entractes_auth.numbers.catalogue import (
    Profession,
    find_profession,
    offered_professions,
    profession,
    profession_of_code,
)
from entractes_auth.numbers.directory_answer import DirectoryAnswer, NotListed, examine_answer
from entractes_auth.numbers.finding_texts import sentence
from entractes_auth.numbers.findings import Finding, examine_numbers
from entractes_auth.numbers.finess import Finess
from entractes_auth.numbers.identifiers import parse_professional, parse_structure, parse_structure_number
from entractes_auth.numbers.idnat import IdNatPs, IdNatStruct
from entractes_auth.numbers.refusal_texts import explain
from entractes_auth.numbers.rpps import Rpps
from entractes_auth.numbers.siren import Siren
from entractes_auth.numbers.siret import Siret

__all__ = [
    "Adeli",
    "DirectoryAnswer",
    "Finding",
    "Finess",
    "IdNatPs",
    "IdNatStruct",
    "NotListed",
    "Profession",
    "Rpps",
    "Siren",
    "Siret",
    "examine_answer",
    "examine_numbers",
    "explain",
    "find_profession",
    "offered_professions",
    "parse_professional",
    "parse_structure",
    "parse_structure_number",
    "profession",
    "profession_of_code",
    "sentence",
]
