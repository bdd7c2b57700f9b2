"""The column expressions for Polars, beside the functions that they stand for: nanoseconds for each number."""

# Polars' own types name numpy's, which need not be installed.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import polars as pl

from benchmarks.extract import write_extract
from benchmarks.spread import Spread
from entractes_auth.numbers import adeli, columns, finess, rpps, siren, siret

__all__ = ["main"]

LINES: Final = 200_000
ROUNDS: Final = 7
# Each kind with its function, and the column of the extract that holds it.
_KINDS: Final[Mapping[columns.Kind, tuple[Callable[[str], bool], str]]] = {
    "adeli": (adeli.is_valid, "Identifiant PP"),
    "finess": (finess.is_valid, "Numéro FINESS site"),
    "rpps": (rpps.is_valid, "Identifiant PP"),
    "siren": (siren.is_valid, "Numéro SIREN site"),
    "siret": (siret.is_valid, "Numéro SIRET site"),
}


def main() -> None:
    """Measure, and print. Every verdict is compared as well."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "extract.txt"
        write_extract(path, LINES)
        frame = pl.read_csv(path, separator="|", quote_char=None, infer_schema=False)
    print(f"{LINES:,} numbers of each kind, {pl.thread_pool_size()} threads")
    for kind, (function, name) in _KINDS.items():
        _compare(kind, function, frame[name].fill_null(""))


def _compare(kind: columns.Kind, function: Callable[[str], bool], series: pl.Series) -> None:
    texts: list[str] = series.to_list()
    frame = pl.DataFrame({"text": series})
    one_by_one: list[float] = []
    at_once: list[float] = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        expected = [function(text) for text in texts]
        between = time.perf_counter()
        found = frame.select(columns.is_valid(pl.col("text"), kind))["text"]
        ended = time.perf_counter()
        assert found.to_list() == expected
        one_by_one.append((between - began) / len(texts) * 1e9)
        at_once.append((ended - between) / len(texts) * 1e9)
    ratio = Spread.of([one / other for one, other in zip(one_by_one, at_once, strict=True)])
    each, column = Spread.of(one_by_one).median, Spread.of(at_once).median
    print(f"  {kind:7} function {each:5.0f} ns, column {column:5.0f} ns, times as fast: {ratio.text('.1f')}")


if __name__ == "__main__":
    main()
