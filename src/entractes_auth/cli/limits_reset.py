"""`entractes-auth limits reset`: give somebody's budgets back. Who did it goes to the audit trail first."""

from __future__ import annotations

import argparse
from typing import Final

from entractes_auth.cli.budgets_report import SUBJECTS, add_options, report, running, subject
from entractes_auth.cli.console import CannotRun, Console, Exit
from entractes_auth.cli.places import add_operator
from entractes_auth.errors import InvalidInput

__all__ = ["configure", "run"]

_EPILOG: Final = f"""\
examples:
  entractes-auth limits reset 48213907 --operator zoe --database sqlite:////srv/app/auth.db
  entractes-auth limits reset - --budget sms_per_phone --operator zoe     (and type the phone)

A reset gives a guesser new guesses too: make sure who is calling. What strangers share is given back
only when it is named.
{SUBJECTS}
exit codes:
  0    given back; the budgets are shown as they stood before
  2    mistaken option, subject or budget, missing keys or library: nothing was given back; or the answer
       could not be printed (a full disk): it was, as `limits show` says
  3    the database or Redis cannot be reached: ask `limits show` what was given back
  130  interrupted (Ctrl-C)
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.epilog = _EPILOG
    add_options(parser)
    add_operator(parser, required=True)
    parser.add_argument(
        "--budget",
        metavar="NAME",
        action="append",
        default=[],
        help="a budget to give back; may be repeated (default: all that strangers do not share)",
    )


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Give the budgets back, and show how they stood."""
    with running(arguments) as auth:
        from entractes_auth.flows import limits
        from entractes_auth.flows.review import Reviewer

        operator, meant = Reviewer(arguments.operator, ""), subject(arguments, console)
        try:
            before = auth.run(limits.reset(operator, meant, budgets=arguments.budget))
        except InvalidInput as refused:
            if refused.problems[0].field != "budgets":
                raise
            known = dict.fromkeys(each.budget for each in auth.run(limits.show(operator, meant)))
            names = ", ".join(known)
            raise CannotRun(
                f"--budget: this subject has {names}", f"--budget : cette personne a {names}"
            ) from None
    if not arguments.json:  # else a budget that was used up, with its time, looks as if nothing was done
        print(console.bold(console.say("given back; before:", "rendu ; avant :")), file=console.out)
    report(before, arguments, console)
    return Exit.DONE
