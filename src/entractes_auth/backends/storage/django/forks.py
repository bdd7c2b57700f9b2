"""Forks (gunicorn with --preload, say): a child must not use what its parent had open.

SQLite keeps its locks by process, and notes in memory which of them it holds. A forked child inherits the notes
and not the locks: whatever it opens on a file that its parent had open locks nothing, and its commits, a counted
attempt among them, can vanish without an error. Closing the inherited connection in the child is no way out
(sqlite.org/howtocorrupt.html, "Carrying an open database connection across a fork()"), and Django closes it there
at the first request. On PostgreSQL two processes would speak through one socket, and read each other's rows.

So the store refuses such a file for as long as the child lives, and any other inherited connection until it is
closed. The host's own connections are seen too: Django tells of each that it opens.

Accepted: what forks without telling Python (uWSGI, unless told to) is seen only while the connection is open.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from django.db.backends.signals import connection_created

from entractes_auth.errors import ConfigurationError

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

__all__ = ["refuse_inherited", "watch"]

_OPENED_BY: Final[WeakKeyDictionary[BaseDatabaseWrapper, int]] = WeakKeyDictionary()
_INHERITED_FILES: Final[set[str]] = set()


def watch() -> None:
    """Note from now on which process opens a connection, and in a child which files were open."""
    connection_created.connect(_note, dispatch_uid=__name__)
    os.register_at_fork(after_in_child=_note_inherited)


def refuse_inherited(connection: BaseDatabaseWrapper) -> None:
    """Raise `ConfigurationError` where a parent of this process had the connection, or its SQLite file, open."""
    opened = connection.connection is not None and _OPENED_BY.get(connection, os.getpid()) != os.getpid()
    if opened and not _is_in_memory(connection):
        raise _refused(connection.alias)
    if _INHERITED_FILES and connection.vendor == "sqlite" and _file_of(connection) in _INHERITED_FILES:
        raise _refused(connection.alias)


def _note(connection: BaseDatabaseWrapper, **_: Any) -> None:
    _OPENED_BY[connection] = os.getpid()


def _note_inherited() -> None:
    open_ones = [each for each in _OPENED_BY if each.connection is not None]
    _INHERITED_FILES.update(
        _file_of(each) for each in open_ones if each.vendor == "sqlite" and not _is_in_memory(each)
    )


def _is_in_memory(connection: BaseDatabaseWrapper) -> bool:
    """A database in memory was copied with its process, and is the child's own."""
    name = str(connection.settings_dict["NAME"])
    return connection.vendor == "sqlite" and (":memory:" in name or "mode=memory" in name)


def _file_of(connection: BaseDatabaseWrapper) -> str:
    return os.path.realpath(str(connection.settings_dict["NAME"]))


def _refused(alias: str) -> ConfigurationError:
    return ConfigurationError(
        f"this process was forked while its parent had the database {alias!r} open, and what it commits could be "
        "lost: query nothing before the fork, or call django.db.connections.close_all() there"
    )
