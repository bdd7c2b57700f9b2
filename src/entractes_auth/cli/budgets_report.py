"""What `limits show` and `limits reset` share: their options, whom they mean, and how budgets are told."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from entractes_auth.cli.console import Console
from entractes_auth.cli.places import (
    add_database,
    add_keys,
    add_policy,
    add_redis,
    keyring,
    limits_of,
    policy,
    store_of,
)

if TYPE_CHECKING:
    from entractes_auth.auth import Auth
    from entractes_auth.flows.limits import Standing

__all__ = ["SUBJECTS", "add_options", "report", "running", "subject"]

SUBJECTS: Final = """
SUBJECT is a phone, an e-mail address, an identifier, a registration's or an account's id, a network,
or "everybody"; - reads it from the standard input, so that no history of a shell keeps it.
It is not printed again. Keys and policy must be your site's own: others count elsewhere.
"""

_OF_ANY_TEXT: Final = "password_attempts_per_identifier"
# What is nothing else was read as an identifier: a network with another prefix, a word with a slip in it.
_NO_MEMBER: Final = ("(no member has this identifier)", "(aucun membre n'a cet identifiant)")


def add_options(parser: argparse.ArgumentParser) -> None:
    """The subject, where things are, and JSON."""
    parser.add_argument("subject", metavar="SUBJECT", help="whose budgets")
    add_database(parser)
    add_redis(parser)
    add_keys(parser)
    add_policy(parser)
    parser.add_argument("--json", action="store_true", help="print the budgets as JSON")


def subject(arguments: argparse.Namespace, console: Console) -> str:
    """Whom the operator means; asked for at a terminal, which would otherwise seem to hang."""
    typed: str = arguments.subject
    if typed != "-":
        return typed
    if sys.stdin.isatty():
        print(console.say("subject: ", "de qui : "), end="", file=console.err, flush=True)
    return sys.stdin.readline().strip()


@contextmanager
def running(arguments: argparse.Namespace) -> Generator[Auth]:
    """A runner on the site's store, budgets and keys."""
    rules, keys = policy(arguments), keyring(arguments)
    from entractes_auth.cli.flows import runner

    with store_of(arguments) as store, limits_of(arguments, store, keys) as limits:
        yield runner(store, rules, keys=keys, limits=limits)


def report(standings: Sequence[Standing], arguments: argparse.Namespace, console: Console) -> None:
    """One line for each budget, or all of them as JSON."""
    if arguments.json:
        print(json.dumps([_as_json(each) for each in standings], indent=2), file=console.out)
        return
    for each in standings:
        print(_line(each, console), file=console.out)
    # A member has more budgets than this one, unless the operator chose it.
    if [each.budget for each in standings] == [_OF_ANY_TEXT] and not getattr(arguments, "budget", ()):
        print(console.say(*_NO_MEMBER), file=console.out)


def _as_json(standing: Standing) -> dict[str, object]:
    return {
        "budget": standing.budget,
        "purpose": standing.purpose.value if standing.purpose else None,
        "used": standing.used,
        "amount": standing.amount,
        "per_seconds": int(standing.per.total_seconds()),
        "remaining": standing.remaining,
        "retry_at": standing.retry_at.isoformat() if standing.retry_at else None,
        "shared": standing.shared,
    }


def _line(standing: Standing, console: Console) -> str:
    name = standing.budget + (f" ({standing.purpose.value})" if standing.purpose else "")
    text = f"{name:44} {standing.used:>5,} / {standing.amount:<6,} {_period(standing.per, console):10}"
    if standing.shared:
        text += console.say("  shared with strangers", "  partagé avec d'autres")
    if standing.retry_at is None:
        return text.rstrip()
    again = console.say("again at", "de nouveau à")
    return f"{text}  {console.red(f'{again} {standing.retry_at:%Y-%m-%d %H:%M:%S} UTC')}"


def _period(per: timedelta, console: Console) -> str:
    seconds = int(per.total_seconds())
    for size, english, french in ((86_400, "d", "j"), (3_600, "h", "h"), (60, "min", "min")):
        if seconds % size == 0:
            return f"{seconds // size} {console.say(english, french)}"
    return f"{seconds} s"
