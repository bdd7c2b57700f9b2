"""`entractes-auth db check`: whether this release works on the database's schema. Changes nothing."""

from __future__ import annotations

import argparse
from typing import Final

from entractes_auth.cli.console import Console, Exit
from entractes_auth.cli.places import database_url, needing
from entractes_auth.cli.schema_report import EXIT_CODES, add_options, refuse_django, report

__all__ = ["configure", "run"]

_EXAMPLES: Final = """\
examples:
  entractes-auth db check --database sqlite:////srv/app/auth.db
  entractes-auth db check --json || echo "not yet"
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.epilog = _EXAMPLES + EXIT_CODES
    add_options(parser)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Look at the schema, and say how it stands."""
    with needing("sqlalchemy"):
        from entractes_auth.backends.storage.sqlalchemy.migrating import check
    schema = check(database_url(arguments))
    refuse_django(schema)
    report(schema, arguments, console)
    return Exit.DONE if schema.served else Exit.FOUND
