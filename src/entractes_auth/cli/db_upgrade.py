"""`entractes-auth db upgrade`: create the database's tables, or bring them up to this release."""

from __future__ import annotations

import argparse
from contextlib import suppress
from typing import Final

from entractes_auth.cli.console import Console, Exit
from entractes_auth.cli.places import database_url, needing
from entractes_auth.cli.schema_report import EXIT_CODES, add_options, refuse_django, report
from entractes_auth.errors import StoreUnavailable

__all__ = ["configure", "run"]

_EXAMPLES: Final = """\
examples:
  entractes-auth db upgrade --database sqlite:////srv/app/auth.db
  ENTRACTES_AUTH_DATABASE=postgresql+psycopg://app@db/auth entractes-auth db upgrade

It may run while the previous release serves, and in several processes at once: one migrates.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.epilog = _EXAMPLES + EXIT_CODES
    add_options(parser)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Upgrade, and say how the schema stands then."""
    with needing("sqlalchemy"):
        from entractes_auth.backends.storage.sqlalchemy.migrating import check, upgrade
    url = database_url(arguments)
    with suppress(StoreUnavailable):  # a file that is not there yet, say: the upgrade tells
        refuse_django(check(url))
    report(upgrade(url), arguments, console)
    return Exit.DONE
