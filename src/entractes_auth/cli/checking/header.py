"""The first line: which delimiter, which columns, which kinds."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from contextlib import suppress

from entractes_auth.cli.checking.kinds import KINDS, TYPE_OF_PERSON, folded, guess
from entractes_auth.cli.checking.plan import Column
from entractes_auth.cli.console import CannotRun, printable

__all__ = ["DELIMITERS", "chosen_columns", "guess_delimiter", "read_header"]

DELIMITERS = "|;\t,"
_MOST_NAMES_SHOWN = 5


def guess_delimiter(line: str, *, quoting: bool | None) -> str:
    """The delimiter that makes the most columns of the header; a comma where none makes two."""
    # `max` takes the first of equals: the directory's bar stands first.
    best = max(DELIMITERS, key=lambda each: len(_split(line, each, quoting=_quotes(each, quoting))))
    return best if best in line else ","


def read_header(line: str, delimiter: str, *, quoting: bool) -> tuple[str, ...]:
    """The names in the first line, without spaces around them and without the empty one behind a
    trailing delimiter; raises `CannotRun` for an empty line, and for one that ends within quotes.
    """
    if quoting and _goes_on(line, delimiter):
        raise CannotRun(
            "a quote in the first line is not closed: write each column's name on one line",
            "un guillemet de la première ligne n'est pas fermé : écrivez chaque nom de colonne sur une ligne",
        )
    names = _split(line, delimiter, quoting=quoting)
    if len(names) > 1 and not names[-1]:
        names.pop()
    if not any(names):
        raise CannotRun(
            "the first line must name the columns, and it is empty",
            "la première ligne doit nommer les colonnes, et elle est vide",
        )
    return tuple(names)


def _quotes(delimiter: str, quoting: bool | None) -> bool:
    return delimiter != "|" if quoting is None else quoting


def _split(line: str, delimiter: str, *, quoting: bool) -> list[str]:
    if not quoting:
        cells = line.split(delimiter)
    else:
        try:
            cells = next(csv.reader([line], delimiter=delimiter), [""])
        except csv.Error:
            cells = line.split(delimiter)
    return [cell.strip() for cell in cells]


def _goes_on(line: str, delimiter: str) -> bool:
    """Whether the csv module asks for a second line."""
    lines = iter((line, ""))
    with suppress(csv.Error):
        next(csv.reader(lines, delimiter=delimiter), None)
    return next(lines, None) is None


def chosen_columns(header: Sequence[str], asked: Sequence[str], kind: str | None) -> tuple[Column, ...]:
    """The columns to check; raises `CannotRun` when one is not there or its kind is not known.

    `asked`: "NAME" or "NAME=KIND" each; none: every column whose name speaks of a number.
    `kind`: for the columns that do not say theirs.
    """
    if not asked:
        # Each name once: of two columns of one name neither is passed over without a word.
        found = list(dict.fromkeys(name for name in header if guess(name)))
        if not found:
            raise CannotRun(
                "no column's name speaks of a number: choose one with --column NAME --kind KIND",
                "aucun nom de colonne ne parle d'un numéro : choisissez-en une par --column NOM --kind SORTE",
            )
        asked = found
    columns = [_column(header, each, kind) for each in asked]
    if len({column.index for column in columns}) < len(columns):
        raise CannotRun("a column is named twice by --column", "--column nomme deux fois une colonne")
    return tuple(columns)


def _column(header: Sequence[str], asked: str, kind: str | None) -> Column:
    name, _, told = asked.rpartition("=")
    if not name or told not in KINDS:
        name, told = asked, ""
    index = _index(header, name)
    found = header[index]
    if told or kind:
        return Column(index, found, told or str(kind))
    guessed = guess(found)
    if guessed is None:
        shown = printable(found)
        raise CannotRun(
            f"the kind of the column '{shown}' is not known: give --kind KIND",
            f"la colonne « {shown} » est d'une sorte inconnue : donnez --kind SORTE",
        )
    return Column(index, found, guessed, _type_index(header, found))


def _type_index(header: Sequence[str], name: str) -> int | None:
    """The directory says beside "Identifiant PP" whether it is an ADELI or an RPPS number."""
    if folded(name) != "identifiant pp":
        return None
    plain = [folded(each) for each in header]
    return plain.index(TYPE_OF_PERSON) if TYPE_OF_PERSON in plain else None


def _index(header: Sequence[str], name: str) -> int:
    """The place of the column: by its exact name, else by the same letters without case and accents."""
    exact = [at for at, each in enumerate(header) if each == name.strip()]
    alike = exact or [at for at, each in enumerate(header) if folded(each) == folded(name)]
    shown = printable(name)
    match alike:
        case [index]:
            return index
        case []:
            english, french = _near(header, name)
            raise CannotRun(
                f"no column is named '{shown}'; {english}",
                f"aucune colonne ne s'appelle « {shown} » ; {french}",
            )
        case _:
            raise CannotRun(
                f"{len(alike)} columns are named '{shown}': rename one in the header",
                f"{len(alike)} colonnes s'appellent « {shown} » : renommez-en une dans l'en-tête",
            )


def _near(header: Sequence[str], name: str) -> tuple[str, str]:
    """Names that resemble the one asked for, and no others: a file without header has people in its first line."""
    import difflib

    wanted = folded(name)
    plain = {folded(each): each for each in header if folded(each)}
    near = [each for each in plain if wanted and (wanted in each or each in wanted)]
    near += [each for each in difflib.get_close_matches(wanted, plain) if each not in near]
    if not near:
        count = len(header)
        return (
            f"the first line has {count} columns, none with a name like it",
            f"la première ligne a {count} colonnes, et aucune d'un nom semblable",
        )
    names = [printable(plain[each]) for each in near[:_MOST_NAMES_SHOWN]]
    english, french = "', '".join(names), " », « ".join(names)
    return f"there is '{english}'", f"il y a « {french} »"
