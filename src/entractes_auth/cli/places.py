"""Where the host keeps things, as options or in the environment: database, Redis, keys, documents, policy.

A URL may hold a password and a keyring is one: neither is ever printed, and the environment is the
better place, since other users of the machine see a process's options.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import traceback
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from entractes_auth.cli.console import CannotRun
from entractes_auth.errors import AuthError

if TYPE_CHECKING:
    from entractes_auth.backends.ports import Limits
    from entractes_auth.backends.storage.sqlalchemy import SqlStore
    from entractes_auth.keys import Keyring
    from entractes_auth.policy import Policy

__all__ = [
    "add_database",
    "add_keys",
    "add_operator",
    "add_policy",
    "add_redis",
    "database_url",
    "keyring",
    "limits_of",
    "needing",
    "policy",
    "store_of",
]

_DATABASE: Final = "ENTRACTES_AUTH_DATABASE"
_REDIS: Final = "ENTRACTES_AUTH_REDIS"


@contextmanager
def needing(extra: str) -> Generator[None]:
    """Say which extra to install, in one line, where a library is missing."""
    try:
        yield
    except ModuleNotFoundError as missing:
        library = (missing.name or "").partition(".")[0]
        if library == "entractes_auth":
            raise
    else:
        return
    mend = f'pip install "entractes_auth[{extra}]"'
    raise CannotRun(f"{library} is not installed: {mend}", f"{library} n'est pas installé : {mend}")


def add_database(parser: argparse.ArgumentParser) -> None:
    """`--database`."""
    parser.add_argument(
        "--database",
        metavar="URL",
        help=f"sqlite:////srv/app/auth.db or postgresql+psycopg://app@db/auth (default: ${_DATABASE})",
    )


def add_redis(parser: argparse.ArgumentParser) -> None:
    """`--redis`."""
    parser.add_argument(
        "--redis", metavar="URL", help=f"where budgets are counted (default: ${_REDIS}, else the database)"
    )


def add_keys(parser: argparse.ArgumentParser) -> None:
    """`--keys-file`."""
    parser.add_argument(
        "--keys-file", metavar="FILE", help="the site's keyring (default: $ENTRACTES_AUTH_KEYS)"
    )


def add_policy(parser: argparse.ArgumentParser) -> None:
    """`--policy`."""
    parser.add_argument(
        "--policy",
        metavar="NAME",
        help="tutorial, hardened, or module:NAME of the policy that your site has (default: tutorial)",
    )


def add_operator(parser: argparse.ArgumentParser, *, required: bool) -> None:
    """`--operator`."""
    parser.add_argument(
        "--operator",
        metavar="NAME",
        required=required,
        type=_operator,
        help="who answers for it: goes to the audit trail",
    )


def _operator(text: str) -> str:
    if not text.strip() or len(text) > 100 or not text.isprintable():
        raise argparse.ArgumentTypeError("a name of 1 to 100 characters")
    return text.strip()


def database_url(arguments: argparse.Namespace) -> str:
    """The database that is meant. Raises `CannotRun` where none is."""
    url: str = arguments.database or os.environ.get(_DATABASE, "")
    if not url:
        raise CannotRun(
            f"name the database: --database URL, or {_DATABASE} in the environment",
            f"nommer la base de données : --database URL, ou {_DATABASE} dans l'environnement",
        )
    return url


@contextmanager
def store_of(arguments: argparse.Namespace) -> Generator[SqlStore]:
    """The store, which this release must be able to serve; closed at the end."""
    with needing("sqlalchemy"):
        from entractes_auth.backends.storage.sqlalchemy import SqlStore
    from entractes_auth.cli.schema_report import refuse_django, require_served

    store = SqlStore(database_url(arguments))
    try:
        schema = store.database.schema()
        refuse_django(schema)
        require_served(schema)
        yield store
    finally:
        store.close()


@contextmanager
def limits_of(arguments: argparse.Namespace, store: SqlStore, keys: Keyring) -> Generator[Limits]:
    """The budgets, on Redis where it is named, else in the store's database."""
    url: str = arguments.redis or os.environ.get(_REDIS, "")
    if not url:
        from entractes_auth.backends.limits.sql import SqlLimits

        yield SqlLimits(store, keys)  # closed with the store
        return
    with needing("redis"):
        from entractes_auth.backends.limits.redis import RedisLimits
    limits = RedisLimits.from_uri(url, keys)
    try:
        yield limits
    finally:
        limits.close()


def keyring(arguments: argparse.Namespace) -> Keyring:
    """The site's keys: without them nobody can tell which counter is whose.

    Raises:
        CannotRun: none are named. It does not say how a key is made: a new one finds no counter.
        ConfigurationError: they cannot be read.
    """
    from entractes_auth.keys import ENVIRONMENT_VARIABLE, Keyring

    if arguments.keys_file:
        return Keyring.from_file(arguments.keys_file)
    if not os.environ.get(ENVIRONMENT_VARIABLE, "").strip():
        raise CannotRun(
            f"name your site's keys: --keys-file FILE, or {ENVIRONMENT_VARIABLE} in the environment",
            f"nommer les clés de votre site : --keys-file FILE, ou {ENVIRONMENT_VARIABLE} dans l'environnement",
        )
    return Keyring.from_env()


def policy(arguments: argparse.Namespace) -> Policy:
    """The site's rules, a preset or a value in one of its modules; here no CAPTCHA is asked for."""
    from entractes_auth.policy import Policy

    presets = {"tutorial": Policy.tutorial, "hardened": Policy.hardened}
    name: str = "tutorial" if arguments.policy is None else arguments.policy
    found = presets[name]() if name in presets else _imported(name)
    if not isinstance(found, Policy):
        raise CannotRun(
            f"--policy {name}: no Policy; give tutorial, hardened or module:NAME",
            f"--policy {name} : aucune Policy ; donner tutorial, hardened ou module:NOM",
        )
    return replace(found, captcha=False)


def _imported(name: str) -> object:
    """A module of the host's, found from the working directory as `python -m` finds it."""
    module, _, attribute = name.partition(":")
    if not all(part.isidentifier() for part in module.split(".")) or not attribute.isidentifier():
        return None
    sys.path.insert(0, os.getcwd())
    try:
        return getattr(importlib.import_module(module), attribute, None)
    except AuthError:
        raise  # a policy that contradicts itself, say: one line already
    except (Exception, SystemExit) as failed:
        missing = failed.name if isinstance(failed, ModuleNotFoundError) else None
        if missing is not None and f"{module}.".startswith(f"{missing}."):
            return None
        # Without its text, which may hold the site's own database URL; code 1 would be read as an answer.
        where = _place(failed)
        raise CannotRun(
            f"--policy {name}: the module cannot be imported: {where}",
            f"--policy {name} : le module ne peut pas être importé : {where}",
        ) from None
    finally:
        sys.path.pop(0)


def _place(failed: BaseException) -> str:
    """What failed and where, in the host's own files if they are among those that it went through."""
    what = type(failed).__name__
    if isinstance(failed, SyntaxError):
        return f"{what}, {failed.filename}:{failed.lineno}"
    frames = traceback.extract_tb(failed.__traceback__)
    own = [frame for frame in frames if frame.filename.startswith(os.getcwd())]
    frame = (own or frames)[-1]
    return f"{what}, {frame.filename}:{frame.lineno}"
