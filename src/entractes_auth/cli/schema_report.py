"""What commands on the database say of its schema, and the options that `db upgrade` and `db check` share."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Final

from entractes_auth.cli.console import CannotRun, Console
from entractes_auth.cli.places import add_database

if TYPE_CHECKING:
    from entractes_auth.backends.storage.sqlalchemy.schema import Schema

__all__ = ["EXIT_CODES", "add_options", "refuse_django", "report", "require_served"]

EXIT_CODES: Final = """
exit codes:
  0    the schema is one that this release serves
  1    db check: it is not; upgrade it, or install the release that has upgraded it
  2    mistaken option, missing library; db upgrade: a later release has upgraded it
  3    the database cannot be reached, or is busy: nothing was changed
  130  interrupted (Ctrl-C): nothing was changed
"""

_SAID: Final = {
    "missing": ("there is no schema: run `db upgrade`", "il n'y a pas de schéma : lancer « db upgrade »"),
    "behind": ("an upgrade is needed: run `db upgrade`", "mise à jour nécessaire : lancer « db upgrade »"),
    "current": ("up to date", "à jour"),
    "ahead": (
        "of a later release, and this one may go on serving",
        "d'une version ultérieure, que celle-ci peut encore servir",
    ),
    "foreign": (
        "of a later release: this one is too old to serve it",
        "d'une version ultérieure : celle-ci est trop ancienne pour le servir",
    ),
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """The database, and JSON."""
    add_database(parser)
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")


def refuse_django(schema: Schema) -> None:
    """Refuse the database of a Django site, before empty tables of the SQL store are made or believed.

    They name no document: a purge would take every file of the site for one that nothing names.

    Raises:
        CannotRun: it is one; says where the work is done instead.
    """
    if schema.django:
        raise CannotRun(
            "this is a Django site's database: its tables are made by `manage.py migrate`, and its flows are run "
            "by a management command of yours",
            "c'est la base d'un site Django : ses tables viennent de « manage.py migrate », et ses flux se lancent "
            "par une commande de gestion à vous",
        )


def require_served(schema: Schema) -> None:
    """Refuse a schema that this release does not serve, with the command that mends it.

    Raises:
        CannotRun: it does not.
    """
    if not schema.served:
        english, french = _SAID[schema.standing.value]
        raise CannotRun(
            f"schema {schema.found or 'none'}: {english}", f"schéma {schema.found or 'aucun'} : {french}"
        )


def report(schema: Schema, arguments: argparse.Namespace, console: Console) -> None:
    """Say how the schema stands. The database is not named: its URL may hold a password."""
    if arguments.json:
        told = {"found": schema.found, "wanted": schema.wanted, "standing": schema.standing.value}
        print(json.dumps({**told, "served": schema.served}), file=console.out)
        return
    said = console.say(*_SAID[schema.standing.value])
    found = schema.found or console.say("none", "aucun")
    paint = console.green if schema.served else console.red
    print(f"{console.say('schema', 'schéma')} {found}: {paint(said)}", file=console.out)
