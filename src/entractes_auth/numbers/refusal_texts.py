"""One sentence or two per refused number, French and English: what is wrong, and how to mend it.

The sentence never quotes what was typed, which the refusal does not hold: it may be shown, logged or
read aloud.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from entractes_auth.errors import NumberRefused
from entractes_auth.typography import french

__all__ = ["explain"]

# For each kind: its name after "un"/"a", and what it is made of.
_FRENCH_KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "rpps": ("numéro RPPS", "11 chiffres"),
    "adeli": ("numéro ADELI", "9 caractères"),
    "finess": ("numéro FINESS", "9 caractères"),
    "siren": ("numéro SIREN", "9 chiffres"),
    "siret": ("numéro SIRET", "14 chiffres"),
    "professional": ("numéro RPPS ou ADELI", "9 à 12 caractères, comme sur la carte"),
    "structure": ("numéro FINESS ou SIRET", "9 caractères (FINESS) ou 14 chiffres (SIRET)"),
    "idnat_ps": ("identifiant national de professionnel", "10 ou 12 caractères"),
    "idnat_struct": ("identifiant national de structure", "10 à 15 caractères"),
}
_ENGLISH_KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "rpps": ("RPPS number", "11 digits"),
    "adeli": ("ADELI number", "9 characters"),
    "finess": ("FINESS number", "9 characters"),
    "siren": ("SIREN number", "9 digits"),
    "siret": ("SIRET number", "14 digits"),
    "professional": ("RPPS or ADELI number", "9 to 12 characters, as on the card"),
    "structure": ("FINESS or SIRET number", "9 characters (FINESS) or 14 digits (SIRET)"),
    "idnat_ps": ("national identifier of a professional", "10 or 12 characters"),
    "idnat_struct": ("national identifier of a structure", "10 to 15 characters"),
}

_FRENCH: Final[Mapping[str, str]] = {
    "not_text": "{The_name} doit être un texte.",
    "letter": "Le {nth} caractère est une lettre ; un {name} n'a que des chiffres à cette place.",
    "foreign_letter": (
        "Le {nth} caractère est une lettre accentuée ou d'un autre alphabet : tapez le numéro au clavier."
    ),
    "control": "Le {nth} caractère est une fin de ligne ou un caractère de commande : effacez-le.",
    "invisible": "Le {nth} caractère est invisible : effacez le numéro et tapez-le au clavier.",
    "other_script_digit": "Le {nth} caractère est un chiffre d'une autre écriture : tapez les chiffres 0 à 9.",
    "character": "Le {nth} caractère n'est ni un chiffre ni une lettre : effacez-le.",
    "system": "Le système de l'identifiant FHIR n'est pas celui d'un {name}.",
    "not_an_object": "L'identifiant FHIR d'un {name} doit être un objet.",
    "not_a_list": "Les identifiants FHIR doivent former une liste.",
    "missing": "Aucun identifiant FHIR en usage n'est un {name}.",
    "conflict": "Les identifiants FHIR donnent plusieurs numéros différents : un seul {name} est attendu.",
    "empty": "Tapez votre numéro : un {name} a {size}.",
    "too_short": "Il manque des caractères : un {name} a {size}.",
    "too_long": "Il y a des caractères en trop : un {name} a {size}.",
    "between": "Il manque des caractères, ou il y en a en trop : un {name} a {size}.",
    "all_zeros": "Un {name} n'est jamais fait que de zéros : tapez le vôtre.",
    "department": "Le {nth} caractère ne fait partie d'aucun département : vérifiez les deux premiers.",
    "prefix": "Le {nth} caractère n'est pas un type connu d'{name}.",
    "employee": (
        "Cet identifiant est celui d'un employé dans les registres de sa structure : "
        "indiquez le numéro RPPS ou ADELI."
    ),
    "practice": (
        "Cet identifiant est celui d'un cabinet : indiquez le numéro RPPS ou ADELI dans l'autre champ, "
        "et ici le SIRET du cabinet, s'il en a un."
    ),
    "key": "La clé ne correspond pas : un chiffre a sans doute été mal recopié. Vérifiez {the_name}.",
    "siren_part": "Les neuf premiers chiffres ne forment pas un numéro SIREN : l'un d'eux a été mal recopié.",
    "rpps_part": "Les caractères 2 à 12 ne forment pas un numéro RPPS : l'un d'eux a été mal recopié.",
}
_ENGLISH: Final[Mapping[str, str]] = {
    "not_text": "The {name} must be a text.",
    "letter": "Character {nth} is a letter; the {name} has only digits in that place.",
    "foreign_letter": "Character {nth} is an accented letter, or of another alphabet: type the number.",
    "control": "Character {nth} is a line end or a control character: delete it.",
    "invisible": "Character {nth} is invisible: clear the field and type the number.",
    "other_script_digit": "Character {nth} is a digit of another script: type the digits 0 to 9.",
    "character": "Character {nth} is neither a digit nor a letter: delete it.",
    "system": "The system of the FHIR identifier is not that of the {name}.",
    "not_an_object": "The FHIR identifier of the {name} must be an object.",
    "not_a_list": "The FHIR identifiers must be a list.",
    "missing": "No FHIR identifier in use is the {name}.",
    "conflict": "The FHIR identifiers give several numbers that differ: one {name} is expected.",
    "empty": "Type your number: the {name} has {size}.",
    "too_short": "Characters are missing: the {name} has {size}.",
    "too_long": "There are too many characters: the {name} has {size}.",
    "between": "Characters are missing, or there are too many: the {name} has {size}.",
    "all_zeros": "The {name} is never made of zeros only: type yours.",
    "department": "Character {nth} belongs to no department: check the first two.",
    "prefix": "Character {nth} is not a known type in the {name}.",
    "employee": (
        "This identifier is an employee's, in the registers of the structure: give the RPPS or ADELI number."
    ),
    "practice": (
        "This identifier is that of a professional's practice: give the RPPS or ADELI number in the other "
        "field, and here the SIRET of the practice, if it has one."
    ),
    "key": "The key does not match: a digit was probably copied wrong. Check the {name}.",
    "siren_part": "The first nine digits do not form a SIREN number: one of them was copied wrong.",
    "rpps_part": "Characters 2 to 12 do not form an RPPS number: one of them was copied wrong.",
}

# Where one kind deserves better than the general sentence: (kind, detail).
_MONACO_FR = " Les numéros de Monaco, qui comportent des lettres, ne sont pas acceptés."
_MONACO_EN = " Monaco's numbers, which hold letters, are not accepted."
_FRENCH_SPECIAL: Final[Mapping[tuple[str, str], str]] = {
    ("rpps", "letter"): "Le {nth} caractère est une lettre ; un {name} ne contient que des chiffres.",
    ("siren", "letter"): "Le {nth} caractère est une lettre ; un {name} ne contient que des chiffres."
    + _MONACO_FR,
    ("siret", "letter"): "Le {nth} caractère est une lettre ; un {name} ne contient que des chiffres."
    + _MONACO_FR,
    ("professional", "prefix"): (
        "Un RPPS a 11 chiffres, ou 12 avec le 8 de la carte ; un ADELI 9 caractères, ou 10 avec le 0 : "
        "il manque un chiffre, ou il y en a un de trop."
    ),
    ("structure", "prefix"): (
        "Un FINESS a 9 caractères, ou 10 avec le 1 de la carte ; un SIRET 14 chiffres, ou 15 avec le 3 : "
        "il manque un chiffre, ou il y en a un de trop."
    ),
    ("idnat_ps", "bare"): (
        "Il manque le chiffre de la carte : un {name} est un 8 suivi du numéro RPPS, "
        "ou un 0 suivi du numéro ADELI."
    ),
    ("idnat_struct", "bare"): (
        "Il manque le chiffre du type : un {name} est un 1 suivi du numéro FINESS, un 2 suivi du SIREN, "
        "ou un 3 suivi du SIRET."
    ),
}
_ENGLISH_SPECIAL: Final[Mapping[tuple[str, str], str]] = {
    ("rpps", "letter"): "Character {nth} is a letter; an RPPS number holds digits only.",
    ("siren", "letter"): "Character {nth} is a letter; a SIREN number holds digits only." + _MONACO_EN,
    ("siret", "letter"): "Character {nth} is a letter; a SIRET number holds digits only." + _MONACO_EN,
    ("professional", "prefix"): (
        "An RPPS number has 11 digits, or 12 with the card's 8; an ADELI number 9 characters, or 10 with "
        "the 0: a digit is missing, or there is one too many."
    ),
    ("structure", "prefix"): (
        "A FINESS number has 9 characters, or 10 with the card's 1; a SIRET number 14 digits, or 15 with "
        "the 3: a digit is missing, or there is one too many."
    ),
    ("idnat_ps", "bare"): (
        "The card's digit is missing: the {name} is an 8 and the RPPS number, or a 0 and the ADELI number."
    ),
    ("idnat_struct", "bare"): (
        "The type digit is missing: the {name} is a 1 and the FINESS number, a 2 and the SIREN, "
        "or a 3 and the SIRET."
    ),
}


def explain(refused: NumberRefused, locale: str) -> str:
    """What to show the person who typed the number: English for the locale "en", French for any other."""
    if locale == "en":
        return _fill(refused, _ENGLISH_SPECIAL, _ENGLISH, _ENGLISH_KINDS, str(refused.position))
    nth = "1er" if refused.position == 1 else f"{refused.position}e"
    # Set when it is filled in, since all that is put in is ours: no number, and nothing typed.
    return french(_fill(refused, _FRENCH_SPECIAL, _FRENCH, _FRENCH_KINDS, nth))


def _fill(
    refused: NumberRefused,
    special: Mapping[tuple[str, str], str],
    general: Mapping[str, str],
    kinds: Mapping[str, tuple[str, str]],
    nth: str,
) -> str:
    template = special.get((refused.kind, refused.detail)) or general[refused.detail]
    name, size = kinds[refused.kind]
    the_name = f"l'{name}" if name.startswith("i") else f"le {name}"
    return template.format(
        name=name, the_name=the_name, The_name=the_name[0].upper() + the_name[1:], size=size, nth=nth
    )
