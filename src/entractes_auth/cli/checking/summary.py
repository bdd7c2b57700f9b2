"""What was found, as text for people and as JSON for programs. Counts only: no cell is ever quoted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from entractes_auth.cli.checking.plan import ColumnCount, Outcome, Plan
from entractes_auth.cli.console import Console, printable

__all__ = ["LABELS", "as_json", "as_text"]

LABELS: Final[Mapping[str, tuple[str, str]]] = {
    "checksum/key": ("the key does not match", "la clé ne correspond pas"),
    "checksum/siren_part": (
        "the first nine digits are no SIREN",
        "les neuf premiers chiffres ne sont pas un SIREN",
    ),
    "columns/too_few": ("fewer columns than the header", "moins de colonnes que l'en-tête"),
    "columns/too_many": ("more columns than the header", "plus de colonnes que l'en-tête"),
    "component/all_zeros": ("nothing but zeros", "rien que des zéros"),
    "component/department": ("no such department", "département inconnu"),
    "component/prefix": (
        "unknown type, or a digit too many or too few",
        "type inconnu, ou un chiffre de trop ou de moins",
    ),
    "encoding/bad_byte": ("a byte that the encoding does not have", "un octet étranger à l'encodage"),
    "format/character": ("neither a digit nor a letter", "ni un chiffre ni une lettre"),
    "format/control": ("a line end or a control character", "une fin de ligne ou un caractère de commande"),
    "format/foreign_letter": (
        "an accented letter, or of another alphabet",
        "une lettre accentuée ou d'un autre alphabet",
    ),
    "format/invisible": ("an invisible character", "un caractère invisible"),
    "format/letter": ("a letter where a digit belongs", "une lettre à la place d'un chiffre"),
    "format/other_script_digit": ("a digit of another script", "un chiffre d'une autre écriture"),
    "length/between": ("a length between two kinds", "une longueur entre deux sortes"),
    "length/empty": ("empty", "vide"),
    "length/too_long": ("too long", "trop long"),
    "length/too_short": ("too short", "trop court"),
    "line/too_long": ("a line of more than a mebibyte", "une ligne de plus d'un mébioctet"),
    "quotes/broken": ("a quote that is not closed", "un guillemet non fermé"),
}
"""What each code means, English and French."""


def as_json(name: str, plan: Plan, outcome: Outcome) -> dict[str, Any]:
    """The counts, under names that stay."""
    return {
        "file": name,
        "rows": outcome.rows,
        "valid": outcome.rows - outcome.invalid,
        "invalid": outcome.invalid,
        "blank_lines": outcome.blank,
        "unreadable": dict(sorted(outcome.unreadable.items())),
        "columns": [
            {
                "name": column.name,
                "kind": column.kind,
                "valid": count.valid,
                "empty": count.empty,
                "refused": dict(sorted(count.refused.items())),
            }
            for column, count in zip(plan.columns, outcome.columns, strict=True)
        ],
    }


def as_text(name: str, plan: Plan, outcome: Outcome, console: Console) -> str:
    """One paragraph for the rows, one for each column, and one for the rows that cannot be read."""
    lines = [_rows(name, outcome, console)]
    for column, count in zip(plan.columns, outcome.columns, strict=True):
        lines += ["", console.bold(f"{printable(column.name)} ({column.kind})"), *_cells(count, console)]
    if outcome.unreadable:
        lines += ["", console.bold(console.say("Rows that cannot be read", "Lignes illisibles"))]
        lines += [_refused(code, found, console) for code, found in outcome.unreadable.most_common()]
    return "\n".join(lines)


def _rows(name: str, outcome: Outcome, console: Console) -> str:
    rows = _counted(outcome.rows, console.say("row" if outcome.rows == 1 else "rows", "ligne"), console)
    valid = _counted(outcome.rows - outcome.invalid, console.say("valid", "valide"), console)
    invalid = _counted(outcome.invalid, console.say("invalid", "invalide"), console)
    shown = console.red(invalid) if outcome.invalid else invalid
    return f"{printable(name)}: {rows}, {console.green(valid)}, {shown}"


def _cells(count: ColumnCount, console: Console) -> Iterator[str]:
    yield _line(count.valid, _agreed(count.valid, console.say("valid", "valide"), console), console)
    if count.empty:
        yield _line(count.empty, _agreed(count.empty, console.say("empty", "vide"), console), console)
    for code, found in count.refused.most_common():
        yield _refused(code, found, console)


def _refused(code: str, found: int, console: Console) -> str:
    return console.red(_line(found, f"{code}  {console.say(*LABELS.get(code, ('', '')))}".rstrip(), console))


def _line(found: int, what: str, console: Console) -> str:
    return f"  {_number(found, console):>12}  {what}"


def _counted(found: int, what: str, console: Console) -> str:
    return f"{_number(found, console)} {_agreed(found, what, console)}"


def _agreed(found: int, what: str, console: Console) -> str:
    """In French nought is singular, and adjectives agree."""
    return console.say(what, f"{what}s" if found > 1 else what)


def _number(value: int, console: Console) -> str:
    """With the language's own sign between thousands."""
    return f"{value:,}".replace(",", console.say(",", "\N{NARROW NO-BREAK SPACE}"))
