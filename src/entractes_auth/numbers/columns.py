"""Whole columns at once, in Polars: the verdicts of `parse`, as expressions that run in parallel.

    import polars as pl
    from entractes_auth.numbers import columns

    people.filter(~columns.is_valid(pl.col("RPPS"), "rpps"))
    people.with_columns(columns.normalised(pl.col("Identifiant PP"), "professional").alias("number"))
    columns.refusals(people["RPPS"], "rpps").value_counts()

A null is a number that nobody gave: it stays null, and is neither valid nor invalid. Columns must hold
text: a column of integers has lost its leading zeros, and Polars refuses it here.

`is_valid` and `normalised` are expressions: they work in lazy frames, and need no Python for each row. The
same rules as in the modules of the numbers are written a second time for that; a test holds both together.
Needs the extra `polars`, and is imported by nothing else in this package.
"""

# Polars' own types name numpy's, which need not be installed.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal

import polars as pl

from entractes_auth.errors import NumberRefused
from entractes_auth.numbers import (
    adeli,
    finess,
    parse_professional,
    parse_structure_number,
    rpps,
    siren,
    siret,
)
from entractes_auth.numbers._text import LONGEST, SEPARATORS

__all__ = ["Kind", "is_valid", "normalised", "refusals"]

Kind = Literal["adeli", "finess", "professional", "rpps", "siren", "siret", "structure"]
"""One of the five numbers, or what the sign-up page's two fields take: see `numbers.identifiers`."""

_PARSERS: Final[Mapping[Kind, Callable[[str], object]]] = {
    "adeli": adeli.parse,
    "finess": finess.parse,
    "professional": parse_professional,
    "rpps": rpps.parse,
    "siren": siren.parse,
    "siret": siret.parse,
    "structure": parse_structure_number,
}

_LA_POSTE: Final = 356000000
_LA_POSTE_HEAD_OFFICE: Final = 35600000000048
_NO_DEPARTMENT: Final = "^(00|96|99)"


def is_valid(column: pl.Expr, kind: Kind) -> pl.Expr:
    """Whether `parse` of that kind would accept each text: a Boolean expression, null for null.

    Raises ValueError for a kind that there is not, as the other two do.
    """
    return pl.when(column.is_not_null()).then(_read(column, kind).is_not_null()).name.keep()


def normalised(column: pl.Expr, kind: Kind) -> pl.Expr:
    """What `str(parse(text))` would give, and null for what it would refuse: a String expression."""
    return _read(column, kind).name.keep()


def refusals(column: pl.Series, kind: Kind) -> pl.Series:
    """Why each text is refused, "code/detail" as `NumberRefused` has them; null for valid texts and for nulls.

    The expressions find what is refused, and `parse` is asked why: once for each refused text.
    """
    frame = pl.DataFrame({"text": column})
    wrong = frame.filter(~is_valid(pl.col("text"), kind)).unique()
    why = [_why(text, kind) for text in wrong["text"]]
    reasons = wrong.with_columns(pl.Series("why", why, dtype=pl.String))
    joined = frame.join(reasons, on="text", how="left", maintain_order="left")
    return joined["why"].alias(column.name)


def _why(text: str, kind: Kind) -> str | None:
    try:
        _PARSERS[kind](text)
    except NumberRefused as refused:
        return f"{refused.code}/{refused.detail}"
    return None


def _let(value: pl.Expr, use: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    """`use(value)`, with `value` worked out once, however often it is used.

    Polars works out what is written twice twice; what is a field of a struct it has worked out. Without
    this a column takes ten times as long, and the functions of the numbers would be quicker.
    """
    fields = pl.struct(value.alias("value")).struct.with_fields(use(pl.field("value")).alias("result"))
    return fields.struct.field("result")


def _read(column: pl.Expr, kind: Kind) -> pl.Expr:
    if kind not in _READERS:  # of who does not run a type checker
        raise ValueError(f"kind: {', '.join(_READERS)}, not {kind!r}")
    # Longer texts are dropped before anything looks into them.
    short = pl.when(column.str.len_chars() <= LONGEST).then(column)
    return _let(short.str.replace_all(_SEPARATOR_CLASS, ""), _READERS[kind])


def _class_of(symbols: str) -> str:
    """A class of these characters for a regular expression of Rust's."""
    return "[" + "".join(f"\\x{{{ord(symbol):x}}}" for symbol in symbols) + "]"


_SEPARATOR_CLASS: Final = _class_of(SEPARATORS)


def _digits(value: pl.Expr, length: int) -> list[pl.Expr]:
    """The digits of whole numbers, last one first. Dividing numbers is far quicker than cutting texts."""
    return [value // 10**place % 10 for place in range(length)]


def _luhn_holds(value: pl.Expr, length: int) -> pl.Expr:
    """The key of `_luhn`, over whole numbers of so many digits; zeros alone do not hold."""
    # Twice a digit, less nine above nine, is its double's two digits added: 2d % 10 + 2d // 10.
    doubled = [2 * each - 9 * (each > 4).cast(pl.Int64) for each in _digits(value, length)[1::2]]
    total = pl.sum_horizontal(*_digits(value, length)[::2], *doubled)
    return (value != 0) & (total % 10 == 0)


def _only(text: pl.Expr, pattern: str) -> pl.Expr:
    """The texts of this pattern, null for others."""
    return pl.when(text.str.contains(pattern)).then(text)


def _keyed(length: int) -> Callable[[pl.Expr], pl.Expr]:
    """The reader of numbers of so many digits with a Luhn key."""

    def read(text: pl.Expr) -> pl.Expr:
        return _let(
            _only(text, f"^[0-9]{{{length}}}$"),
            lambda digits: pl.when(
                _let(digits.cast(pl.Int64), lambda value: _luhn_holds(value, length))
            ).then(digits),
        )

    return read


def _lettered(letters: str) -> Callable[[pl.Expr], pl.Expr]:
    """The reader of nine characters, the second of which may be one of these capitals, as `_luhn` counts it."""
    # Upper case only once all is known to be ASCII: elsewhere 'ſ' would become an S.
    pattern = f"^[0-9][0-9{letters}{letters.lower()}][0-9]{{7}}$"

    def read(text: pl.Expr) -> pl.Expr:
        return _let(
            _only(text, pattern).str.to_uppercase(),
            lambda symbols: pl.when(
                _let(
                    symbols.str.replace_many(_RANKS).cast(pl.Int64),
                    lambda value: _luhn_holds(value, 9),
                )
            ).then(symbols),
        )

    return read


_CAPITALS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_RANKS: Final = {letter: str(1 + rank % 9) for rank, letter in enumerate(_CAPITALS)}
_rpps: Final = _keyed(11)
_siren: Final = _keyed(9)
_finess: Final = _lettered(_CAPITALS)
_adeli: Final = _lettered(_CAPITALS[:6])


def _siret(text: pl.Expr) -> pl.Expr:
    return _let(
        _only(text, "^[0-9]{14}$"),
        lambda digits: pl.when(_let(digits.cast(pl.Int64), _siret_keys_hold)).then(digits),
    )


def _siret_keys_hold(value: pl.Expr) -> pl.Expr:
    """The company's key and the establishment's, which at La Poste is its digit sum."""
    company = value // 10**5
    by_sum = pl.sum_horizontal(*_digits(value, 14)) % 5 == 0
    la_poste = (company == _LA_POSTE) & ((value == _LA_POSTE_HEAD_OFFICE) | by_sum)
    return _let(company, lambda each: _luhn_holds(each, 9)) & (
        la_poste | ((company != _LA_POSTE) & _luhn_holds(value, 14))
    )


def _behind(prefix: str, text: pl.Expr) -> pl.Expr:
    """What follows the type digit; null where there is another."""
    return pl.when(text.str.starts_with(prefix)).then(text.str.slice(1))


def _professional(text: pl.Expr) -> pl.Expr:
    # No two of these can be: the length, and then the type digit, tells which one it is.
    return pl.coalesce(_adeli(text), _rpps(text), _adeli(_behind("0", text)), _rpps(_behind("8", text)))


def _structure(text: pl.Expr) -> pl.Expr:
    no_department = text.str.contains(_NO_DEPARTMENT)
    return pl.coalesce(
        pl.when(no_department).then(_siren(text)).otherwise(_finess(text)),
        _siret(text),
        _finess(_behind("1", text)),
        _siren(_behind("2", text)),
        _siret(_behind("3", text)),
    )


_READERS: Final[Mapping[Kind, Callable[[pl.Expr], pl.Expr]]] = {
    "adeli": _adeli,
    "finess": _finess,
    "professional": _professional,
    "rpps": _rpps,
    "siren": _siren,
    "siret": _siret,
    "structure": _structure,
}
