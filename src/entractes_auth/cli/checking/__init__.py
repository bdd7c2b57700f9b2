"""Checking the numbers of a file as large as the national directory's extract, by stream.

    header    the first line: delimiter, columns, kinds          -> Plan
    sources   plain, gzip, zip, standard input                   -> pieces of whole lines
    blocks    one piece: lines, cells, verdicts                  -> Outcome
    quoted    the rest of a CSV file from its first quote on     -> Outcome
    workers   several processes, results in the file's order
    rejects   the file of invalid rows, complete or not there
    summary   counts as text and as JSON

The verdict on a cell is always that of `entractes_auth.numbers`: this package only brings cells to it
quickly. A row that cannot be read (a bad byte, a missing column) is counted and reported like a row
with a wrong number, and the reading goes on. What a cell holds is personal data: it goes to the file
that was asked for, and never into a summary, a message or a log.
"""

from __future__ import annotations

__all__: list[str] = []
