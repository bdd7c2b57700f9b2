"""One sentence per finding, French and English, addressed to the operator who checks a registration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from entractes_auth.numbers.findings import Finding, FindingCode
from entractes_auth.typography import french

__all__ = ["sentence"]

_KINDS: Final = {"adeli": "ADELI", "finess": "FINESS"}
# The months in which a profession moved to the RPPS (`Profession.in_rpps_since`).
_FRENCH_MONTHS: Final = {"03": "mars", "06": "juin", "09": "septembre", "10": "octobre", "12": "décembre"}
_ENGLISH_MONTHS: Final = {"03": "March", "06": "June", "09": "September", "10": "October", "12": "December"}

_FRENCH: Final[Mapping[FindingCode, str]] = {
    "adeli_left_long_ago": (
        "La profession « {label_fr} » est passée d'ADELI au RPPS en {since} : un numéro ADELI est surprenant ; "
        "demander le numéro RPPS."
    ),
    "adeli_retired": "Le numéro ADELI n'est plus attribué : demander le numéro RPPS du professionnel.",
    "adeli_test_department": "Le numéro ADELI est un numéro d'essai (département 0B) : il n'est à personne.",
    "department_before_1976": "Le numéro {kind} porte le département 20, qui était la Corse avant 1976.",
    "department_differs": (
        "Le numéro {kind} est du département {department} ; l'adresse d'exercice est dans le {practice}."
    ),
    "department_unknown": "Le numéro {kind} commence par un département inconnu.",
    "directory_department_differs": (
        "L'annuaire donne des lieux d'exercice dans le {listed} ; l'adresse est dans le {practice}."
    ),
    "directory_first_name_differs": "Le prénom n'est pas le prénom d'exercice de l'annuaire.",
    "directory_first_name_in_part": (
        "Le prénom n'est qu'une partie du prénom d'exercice de l'annuaire, ou l'inverse."
    ),
    "directory_inactive": "L'annuaire dit que ce professionnel n'y est plus actif.",
    "directory_last_name_differs": "Le nom n'est pas le nom d'exercice de l'annuaire.",
    "directory_not_listed": "L'annuaire ne connaît personne sous ce numéro de professionnel.",
    "directory_profession_differs": "L'annuaire donne une autre profession : {label_fr}.",
    "directory_student_only": "L'annuaire ne donne à ce numéro qu'une qualité d'étudiant.",
    "directory_structure_differs": (
        "Le numéro de structure n'est celui d'aucun des lieux d'exercice de l'annuaire."
    ),
    "directory_without_name": "L'annuaire ne donne pas le nom et le prénom : rien n'a été comparé.",
    "email_has_account": "Un compte existe déjà avec cette adresse e-mail : l'approbation sera refusée.",
    "finess_may_be_siren": (
        "Ces neuf chiffres ont été lus comme un FINESS ; ils ont aussi la clé d'un SIREN : vérifier lequel."
    ),
    "finess_test_department": (
        "Le numéro FINESS est un numéro d'essai (département 0B) : aucun établissement ne le porte."
    ),
    "number_has_account": "Un autre compte porte déjà ce numéro de professionnel.",
    "number_in_other_registration": "Une autre inscription en cours porte ce numéro de professionnel.",
    "profession_not_offered": "Le code de la profession « {label_fr} » n'est plus en usage.",
    "profession_unknown": "La profession ne figure dans aucune nomenclature connue.",
    "rpps_range_unseen": "Le numéro RPPS ne commence ni par 100 ni par 101, comme les numéros connus.",
    "rpps_test_identity": "Le numéro RPPS est celui d'une identité d'essai (99...) : il n'est à personne.",
    "siren_without_site": "Le SIREN désigne une entreprise, pas un établissement : demander le SIRET.",
    "structure_without_professional": "Il y a un numéro de structure, mais aucun numéro RPPS ou ADELI.",
}

_ENGLISH: Final[Mapping[FindingCode, str]] = {
    "adeli_left_long_ago": (
        "The profession “{label_en}” moved from ADELI to the RPPS in {since}: an ADELI number is surprising; "
        "ask for the RPPS number."
    ),
    "adeli_retired": "ADELI numbers are no longer issued: ask for the professional's RPPS number.",
    "adeli_test_department": "The ADELI number is a test number (department 0B): it is nobody's.",
    "department_before_1976": "The {kind} number carries department 20, which was Corsica before 1976.",
    "department_differs": (
        "The {kind} number is of department {department}; the practice address is in {practice}."
    ),
    "department_unknown": "The {kind} number begins with an unknown department.",
    "directory_department_differs": (
        "The directory gives places of practice in {listed}; the address is in {practice}."
    ),
    "directory_first_name_differs": "The first name is not the directory's exercise first name.",
    "directory_first_name_in_part": (
        "The first name is only a part of the directory's exercise first name, or the other way round."
    ),
    "directory_inactive": "The directory says that this professional is no longer active.",
    "directory_last_name_differs": "The last name is not the directory's exercise name.",
    "directory_not_listed": "The directory knows nobody under this professional's number.",
    "directory_profession_differs": "The directory gives another profession: {label_en}.",
    "directory_student_only": "The directory gives this number a student's category only.",
    "directory_structure_differs": (
        "The structure's number is that of none of the directory's places of practice."
    ),
    "directory_without_name": "The directory gives no last name or no first name: nothing was compared.",
    "email_has_account": "An account already has this e-mail address: approval will be refused.",
    "finess_may_be_siren": (
        "These nine digits were read as a FINESS; they have the key of a SIREN too: check which it is."
    ),
    "finess_test_department": (
        "The FINESS number is a test number (department 0B): no establishment carries it."
    ),
    "number_has_account": "Another account already has this professional's number.",
    "number_in_other_registration": "Another registration in progress has this professional's number.",
    "profession_not_offered": "The code of the profession “{label_en}” is no longer in use.",
    "profession_unknown": "The profession is in no table that we know.",
    "rpps_range_unseen": "The RPPS number begins with neither 100 nor 101, as the known numbers do.",
    "rpps_test_identity": "The RPPS number is that of a test identity (99...): it is nobody's.",
    "siren_without_site": "A SIREN names a company, not an establishment: ask for the SIRET.",
    "structure_without_professional": "There is a structure's number, but no RPPS or ADELI number.",
}


def sentence(finding: Finding, locale: str) -> str:
    """The finding as one sentence: English for the locale "en", French for any other."""
    texts, months = (_ENGLISH, _ENGLISH_MONTHS) if locale == "en" else (_FRENCH, _FRENCH_MONTHS)
    params = dict(finding.params)
    if "kind" in params:
        params["kind"] = _KINDS[params["kind"]]
    if "since" in params:
        params["since"] = _spoken(params["since"], months)
    template = texts[finding.code]
    return (template if locale == "en" else french(template)).format_map(params)


def _spoken(since: str, months: Mapping[str, str]) -> str:
    """A year as it is; "2021-10" as "octobre 2021"."""
    year, _, month = since.partition("-")
    return f"{months[month]} {year}" if month else year
