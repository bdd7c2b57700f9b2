"""Storage adapters. Read `memory` first: it is the contract of `backends.store` in plain Python.

memory      everything in one process, for tests and demonstrations; nothing outlives it
sqlalchemy  SQLAlchemy Core, sync and async: SQLite embedded; needs the extra of that name
django      Django's ORM, as an app with models and migrations; needs the extra of that name
cursors, paging   shared: where a page ended, as opaque text; rows as a page
rows, registration_rows, message_rows
                  shared: records to rows and back
perseverance      shared: running again what was undone for another's sake
"""
