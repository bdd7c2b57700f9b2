"""A made-up extract of the national directory: its columns, its widths, its repetitions, and no real person."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

__all__ = ["COLUMNS", "WRONG_SHARE", "write_extract"]

COLUMNS: Final = (
    *("Type d'identifiant PP", "Identifiant PP", "Identification nationale PP", "Code civilité d'exercice"),
    *(
        "Libellé civilité d'exercice",
        "Code civilité",
        "Libellé civilité",
        "Nom d'exercice",
        "Prénom d'exercice",
    ),
    *("Code profession", "Libellé profession", "Code catégorie professionnelle"),
    *("Libellé catégorie professionnelle", "Code type savoir-faire", "Libellé type savoir-faire"),
    *("Code savoir-faire", "Libellé savoir-faire", "Code mode exercice", "Libellé mode exercice"),
    *(
        "Numéro SIRET site",
        "Numéro SIREN site",
        "Numéro FINESS site",
        "Numéro FINESS établissement juridique",
    ),
    *("Identifiant technique de la structure", "Raison sociale site", "Enseigne commerciale site"),
    *("Complément destinataire (coord. structure)", "Complément point géographique (coord. structure)"),
    *("Numéro Voie (coord. structure)", "Indice répétition voie (coord. structure)"),
    *("Code type de voie (coord. structure)", "Libellé type de voie (coord. structure)"),
    *("Libellé Voie (coord. structure)", "Mention distribution (coord. structure)"),
    *("Bureau cedex (coord. structure)", "Code postal (coord. structure)", "Code commune (coord. structure)"),
    *(
        "Libellé commune (coord. structure)",
        "Code pays (coord. structure)",
        "Libellé pays (coord. structure)",
    ),
    *("Téléphone (coord. structure)", "Téléphone 2 (coord. structure)", "Télécopie (coord. structure)"),
    *("Adresse e-mail (coord. structure)", "Code Département (structure)", "Libellé Département (structure)"),
    *("Ancien identifiant de la structure", "Autorité d'enregistrement", "Code secteur d'activité"),
    *(
        "Libellé secteur d'activité",
        "Code section tableau pharmaciens",
        "Libellé section tableau pharmaciens",
    ),
    *("Code rôle", "Libellé rôle", "Code genre activité", "Libellé genre activité"),
)
WRONG_SHARE: Final = 0.01
"""Of the persons' numbers, and of the structures': their key does not hold."""

_NAMES: Final = (
    "MARTIN",
    "DE LA TOUR",
    "LEFÈVRE",
    "BERNARD-DUPONT",
    "NGUYEN",
    "PETIT",
    "LE GOFF",
    "D'ALMEIDA",
)
_FIRST_NAMES: Final = ("MARIE", "JEAN-PIERRE", "CAMILLE", "ZOÉ", "ANNE SOPHIE", "MOHAMED", "CLÉMENCE", "LUC")
_TOWNS: Final = (
    "Paris 13e Arrondissement",
    "Saint-Étienne",
    "Lyon 3e Arrondissement",
    "Nîmes",
    "Bastia",
    "Brest",
)
_DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def write_extract(path: Path, lines: int, seed: int = 1) -> None:
    """Write the header and so many lines, a few for each person, each with one of some thousand structures."""
    draw = random.Random(seed)
    structures = [_structure(draw) for _ in range(max(10, min(lines // 20, 60_000)))]
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("|".join(COLUMNS) + "|\n")
        file.writelines(f"{person}|{draw.choice(structures)}|\n" for person in _persons(draw, lines))


def _persons(draw: random.Random, lines: int) -> Iterator[str]:
    """The first 19 columns of each line."""
    left = lines
    while left:
        kind, number = ("8", _keyed(draw, "10", 8)) if draw.random() < 0.95 else ("0", _keyed(draw, "75", 6))
        person = "|".join(
            (
                *(kind, number, kind + number, "DR", "Docteur", "MME", "Madame"),
                *(draw.choice(_NAMES), draw.choice(_FIRST_NAMES)),
                *("10", "Médecin", "C", "Civil", "S", "Spécialité ordinale", "SM54", "Médecine générale"),
                *("L", "Libéral, indépendant"),
            )
        )
        for _ in range(min(left, draw.choice((1, 1, 1, 2, 3)))):
            left -= 1
            yield person


def _structure(draw: random.Random) -> str:
    """The other 37 columns. Every fourth is a practice, which has no FINESS number."""
    siren = _keyed(draw, "", 8)
    siret = _keyed(draw, siren, 4)
    department = draw.choice(
        ("13", "35", "59", "69", "75", "75", "75", "2A") if draw.random() < 0.1 else ("33", "44")
    )
    site, legal = (
        ("", "") if draw.random() < 0.25 else (_keyed(draw, department, 6), _keyed(draw, department, 6))
    )
    town = draw.choice(_TOWNS)
    return "|".join(
        (
            *(siret, siren, site, legal, f"C{siret}", f"CENTRE HOSPITALIER DE {town.upper()}", ""),
            *("", "BÂTIMENT B", str(draw.randrange(1, 200)), "", "R", "Rue", "DE LA RÉPUBLIQUE", ""),
            *("75013 PARIS CEDEX 13", "75013", "75113", town, "99000", "France", "0612345678", "", ""),
            *("contact@example.fr", "75", "Paris", f"F{site}", "CNOM/CNOM/ARS", "SA07"),
            *("Cabinet individuel", "", "", "", "", "GENR01", "Activité standard de soin ou de pharmacien"),
        )
    )


def _keyed(draw: random.Random, start: str, digits: int) -> str:
    """`start`, random digits, and the key; now and then a wrong one."""
    body = f"{start}{draw.randrange(1, 10**digits):0{digits}}"
    values = [int(symbol, 16) - 9 if symbol in "AB" else int(symbol) for symbol in reversed(body)]
    key = -(sum(_DOUBLED[value] for value in values[::2]) + sum(values[1::2])) % 10
    return f"{body}{(key + (draw.random() < WRONG_SHARE)) % 10}"


if __name__ == "__main__":
    write_extract(Path(sys.argv[1]), int(sys.argv[2]))
