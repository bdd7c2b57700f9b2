"""`entractes-auth purge`: erase what has served, by the policy's periods. Without --yes it only counts."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from entractes_auth.cli.console import CannotRun, Console, Exit
from entractes_auth.cli.places import add_database, add_operator, add_policy, policy, store_of
from entractes_auth.cli.purge_report import RowsProgress, as_text

if TYPE_CHECKING:
    from entractes_auth.auth import Auth
    from entractes_auth.backends.store import Store
    from entractes_auth.flows.retention import Preview
    from entractes_auth.flows.review import Reviewer

__all__ = ["configure", "run"]

_EPILOG: Final = """\
examples:
  entractes-auth purge --database sqlite:////srv/app/auth.db --documents /srv/app/documents
  entractes-auth purge --policy myapp.auth:POLICY --documents /srv/app/documents --yes --operator cron

Without --yes nothing is changed: it says how many rows each rule of the policy would erase. Give the
policy that your site has: the periods are shown beside the counts. Accounts, and the approved
registrations that they came from, are never erased by their age.

It works in small batches and stands back after each as long as it took, so that sign-ins go on.
Interrupted, it leaves whole batches behind; the next run does the rest.

exit codes:
  0    counted; with --yes: erased
  2    mistaken option, missing library, documents whose folder was not given, files beside a database
       that holds no registration: said before or between two batches; or the counts could not be
       printed (a full disk): the trail has them
  3    the database or the documents cannot be reached; batches that were done are done
  130  interrupted (Ctrl-C); batches that were done are done
"""
_LONGEST_PAUSE: Final = 1.0


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.epilog = _EPILOG
    add = parser.add_argument
    add_database(parser)
    add("--documents", metavar="DIR", help="the folder of the supporting documents, if files hold them")
    add_policy(parser)
    intent = parser.add_mutually_exclusive_group()
    intent.add_argument("--dry-run", action="store_true", help="count, and erase nothing (the default)")
    intent.add_argument("--yes", action="store_true", help="erase; needs --operator and --policy")
    add_operator(parser, required=False)
    add("--batch", metavar="N", type=_batch, default=500, help="rows of one batch (default: %(default)s)")
    add("--json", action="store_true", help="print the counts as JSON")


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Count; then, if it is meant, erase."""
    if arguments.yes and arguments.operator is None:
        raise CannotRun(
            "--yes needs --operator NAME: who answers for it goes to the audit trail",
            "--yes demande --operator NOM : le journal retient qui en répond",
        )
    if arguments.yes and arguments.policy is None:
        # What a preset's periods erase does not come back, and the site's own may be longer.
        raise CannotRun(
            "--yes needs --policy NAME: the periods are your site's to say",
            "--yes demande --policy NOM : les durées sont celles de votre site",
        )
    with _site(arguments) as (auth, store):
        from entractes_auth.flows import retention

        preview = auth.run(retention.preview())
        counts = _counts(preview)
        if arguments.yes:
            _refuse_files_of_another(store, preview)
            counts = _erase(auth, arguments, console, preview.total)
    if arguments.json:
        print(json.dumps({"erased": bool(arguments.yes), **counts}, indent=2), file=console.out)
        return Exit.DONE
    print(console.bold(_heading(arguments, console)), file=console.out)
    print(as_text(counts, auth.policy.retention, console), file=console.out)
    return Exit.DONE


@contextmanager
def _site(arguments: argparse.Namespace) -> Generator[tuple[Auth, Store]]:
    from entractes_auth.cli.flows import documents_in, runner

    rules, documents = policy(arguments), documents_in(arguments.documents)
    with store_of(arguments) as store:
        yield runner(store, rules, documents=documents), store


def _refuse_files_of_another(store: Store, preview: Preview) -> None:
    """A database without one registration names no file of any site: not one of them may go for that."""
    from entractes_auth.backends.batch import RegistrationQuery

    files = preview.unnamed_documents
    if files and not store.registrations(RegistrationQuery(limit=1)).rows:
        raise CannotRun(
            f"nothing was erased: this database holds no registration, and the folder of documents {files:,} files. "
            "Is it the right one? If it is, delete the files yourself",
            f"rien n'a été effacé : cette base ne contient aucune inscription, et le dossier des pièces {files:,} "
            "fichiers. Est-ce la bonne ? Si oui, supprimez-les vous-même",
        )


def _counts(preview: Preview) -> dict[str, int]:
    rows = {what.value: count for what, count in preview.rows.items()}
    return {"documents": preview.documents, **rows, "unnamed_documents": preview.unnamed_documents}


def _erase(auth: Auth, arguments: argparse.Namespace, console: Console, total: int) -> dict[str, int]:
    """Batch after batch until nothing is left; gives what was erased, by rule."""
    from entractes_auth.flows.review import Reviewer

    operator = Reviewer(arguments.operator, "")
    erased: dict[str, int] = {}
    with RowsProgress(console.err, total) as progress:
        for batch in _batches(auth, operator, arguments.batch):
            for name, count in batch.items():
                erased[name] = erased.get(name, 0) + count
            progress.advance(0, sum(batch.values()))
    return erased


def _batches(auth: Auth, operator: Reviewer, size: int) -> Iterator[dict[str, int]]:
    from entractes_auth.flows import retention

    finished = False
    while not finished:
        began = time.monotonic()
        done = auth.run(retention.purge(operator, limit=size))
        yield {"documents": done.documents, **{what.value: count for what, count in done.rows.items()}}
        finished = done.finished
        if not finished:
            _stand_back(began)
    left = True
    while left:
        swept = auth.run(retention.sweep(operator, limit=size))
        yield {"unnamed_documents": swept.files}
        left = swept.left > 0


def _stand_back(began: float) -> None:
    """Another process's sign-in waits for SQLite's one lock, and looks again from time to time only."""
    time.sleep(min(time.monotonic() - began, _LONGEST_PAUSE))


def _heading(arguments: argparse.Namespace, console: Console) -> str:
    if arguments.yes:
        return console.say("erased:", "effacé :")
    return console.say(
        "would be erased (nothing was: add --yes):", "serait effacé (rien ne l'a été : ajouter --yes) :"
    )


def _batch(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 10_000):
        raise argparse.ArgumentTypeError("a number from 1 to 10000")
    return int(text)
