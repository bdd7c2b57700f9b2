"""`entractes-auth limits show`: how much somebody used of each budget, and when they may go on. Counts nothing."""

from __future__ import annotations

import argparse
from typing import Final

from entractes_auth.cli.budgets_report import SUBJECTS, add_options, report, running, subject
from entractes_auth.cli.console import Console, Exit

__all__ = ["configure", "run"]

_EPILOG: Final = f"""\
examples:
  entractes-auth limits show 48213907 --database sqlite:////srv/app/auth.db --policy hardened
  entractes-auth limits show - --keys-file /srv/app/keys --json     (and type the phone, when it asks)
{SUBJECTS}
exit codes:
  0    no budget is used up
  1    at least one is: whoever it is waits
  2    mistaken option or subject, missing keys or library
  3    the database or Redis cannot be reached
  130  interrupted (Ctrl-C)
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.epilog = _EPILOG
    add_options(parser)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Show every budget that is about the subject."""
    with running(arguments) as auth:
        from entractes_auth.flows import limits
        from entractes_auth.flows.review import Reviewer

        standings = auth.run(limits.show(Reviewer("command line", ""), subject(arguments, console)))
    report(standings, arguments, console)
    return Exit.FOUND if any(each.retry_at for each in standings) else Exit.DONE
