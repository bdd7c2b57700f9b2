"""What an operator looks at when a database cannot be used, behind the driver's own name for it.

The driver's text is read here and never repeated: it quotes hosts, roles and paths.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["mistaken_address", "with_cause"]

_NO_TABLE: Final = "is the schema there, and of this release? `upgrade` brings it up to date"
_CAUSES: Final[Mapping[str, str]] = {
    "SQLITE_ERROR": _NO_TABLE,
    "UndefinedTable": _NO_TABLE,
    "UndefinedTableError": _NO_TABLE,
    "SQLITE_BUSY": "another process keeps the database locked",
    "SQLITE_CANTOPEN": "is there a database at this path, and may it be opened? `upgrade` creates it",
    "SQLITE_FULL": "is the disk full?",
    "SQLITE_NOTADB": "the file at this path is no SQLite database",
    "SQLITE_READONLY": "may this user write the file and its folder?",
    "ReadOnlySqlTransaction": "the server takes no writes: is this a standby?",
    "InsufficientPrivilege": "the role may not use the tables, or not create them",
}
# Fragments of what libpq says of a connection that it did not get, first match first. Its own texts are
# English unless the process chose another locale for messages; FATAL is the server's word in most languages.
_NOT_CONNECTED: Final = (
    ("FATAL", "the server refuses: are the role, its password and the database right?"),
    ("no password supplied", "the server asks for a password"),
    ("SSL", "the server and the URL do not agree on SSL"),
    ("read-only", "no server takes writes: is this a standby?"),
    ("", "does a server answer at this host and port?"),
)
_MISTAKEN: Final = ("invalid connection option ", "connection is bad: invalid ")


def with_cause(name: str, error: BaseException | None) -> str:
    """The name, and behind it what to look at where that is known. `error` is the driver's own."""
    if name in ("OperationalError", "ConnectionTimeout") and getattr(error, "sqlstate", "") is None:
        text = str(error)
        return f"{name}: {next(cause for fragment, cause in _NOT_CONNECTED if fragment in text)}"
    # SQLite has names for the details too: SQLITE_READONLY_DIRECTORY.
    cause = next((cause for known, cause in _CAUSES.items() if f"{name}_".startswith(f"{known}_")), None)
    return name if cause is None else f"{name}: {cause}"


def mistaken_address(error: BaseException | None) -> bool:
    """Whether PostgreSQL's driver cannot read an option of the URL: no other try mends that."""
    return getattr(error, "sqlstate", "") is None and str(error).startswith(_MISTAKEN)
