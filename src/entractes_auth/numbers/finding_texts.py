"""One sentence per finding, French and English, addressed to the operator who checks a registration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from entractes_auth.numbers.findings import Finding, FindingCode

__all__ = ["sentence"]

_KINDS: Final = {"adeli": "ADELI", "finess": "FINESS"}

_FRENCH: Final[Mapping[FindingCode, str]] = {
    "adeli_retired": "Le numéro ADELI n'est plus attribué : demander le numéro RPPS du professionnel.",
    "adeli_test_department": "Le numéro ADELI est un numéro d'essai (département 0B) : il n'est à personne.",
    "department_before_1976": "Le numéro {kind} porte le département 20, qui était la Corse avant 1976.",
    "department_differs": (
        "Le numéro {kind} est du département {department} ; l'adresse d'exercice est dans le {practice}."
    ),
    "department_unknown": "Le numéro {kind} commence par un département inconnu.",
    "email_has_account": "Un compte existe déjà avec cette adresse e-mail : l'approbation sera refusée.",
    "finess_test_department": (
        "Le numéro FINESS est un numéro d'essai (département 0B) : aucun établissement ne le porte."
    ),
    "number_has_account": "Un autre compte porte déjà ce numéro de professionnel.",
    "number_in_other_registration": "Une autre inscription en cours porte ce numéro de professionnel.",
    "profession_not_offered": "Le code de la profession « {label_fr} » n'est plus en usage.",
    "profession_unknown": "La profession ne figure dans aucune nomenclature connue.",
    "rpps_range_unseen": "Le numéro RPPS ne commence ni par 100 ni par 101, comme les numéros connus.",
    "rpps_test_identity": "Le numéro RPPS est celui d'une identité d'essai (99...) : il n'est à personne.",
    "structure_without_professional": "Il y a un numéro de structure, mais aucun numéro RPPS ou ADELI.",
}

_ENGLISH: Final[Mapping[FindingCode, str]] = {
    "adeli_retired": "ADELI numbers are no longer issued: ask for the professional's RPPS number.",
    "adeli_test_department": "The ADELI number is a test number (department 0B): it is nobody's.",
    "department_before_1976": "The {kind} number carries department 20, which was Corsica before 1976.",
    "department_differs": (
        "The {kind} number is of department {department}; the practice address is in {practice}."
    ),
    "department_unknown": "The {kind} number begins with an unknown department.",
    "email_has_account": "An account already has this e-mail address: approval will be refused.",
    "finess_test_department": (
        "The FINESS number is a test number (department 0B): no establishment carries it."
    ),
    "number_has_account": "Another account already has this professional's number.",
    "number_in_other_registration": "Another registration in progress has this professional's number.",
    "profession_not_offered": "The code of the profession “{label_en}” is no longer in use.",
    "profession_unknown": "The profession is in no table that we know.",
    "rpps_range_unseen": "The RPPS number begins with neither 100 nor 101, as the known numbers do.",
    "rpps_test_identity": "The RPPS number is that of a test identity (99...): it is nobody's.",
    "structure_without_professional": "There is a structure's number, but no RPPS or ADELI number.",
}


def sentence(finding: Finding, locale: str) -> str:
    """The finding as one sentence: English for the locale "en", French for any other."""
    texts = _ENGLISH if locale == "en" else _FRENCH
    params = dict(finding.params)
    if "kind" in params:
        params["kind"] = _KINDS[params["kind"]]
    return texts[finding.code].format_map(params)
