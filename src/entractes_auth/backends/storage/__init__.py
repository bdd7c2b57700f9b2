"""Storage adapters. Read `memory` first: it is the contract of `backends.store` in plain Python.

memory      everything in one process, for tests and demonstrations; nothing outlives it
sqlalchemy  SQLAlchemy Core, sync and async: SQLite embedded; needs the extra of that name
cursors     shared: where a page ended, as opaque text
"""
