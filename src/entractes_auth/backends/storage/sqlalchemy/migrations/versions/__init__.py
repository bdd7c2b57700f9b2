"""Changes of the schema, in order. One that was released is never edited.

The release before must go on serving while a migration runs, and after it. So a migration adds
(a table, a column that may be NULL or has a constant default), the release that comes with it
fills what was added, and a later release's migration drops what nobody reads any more. From the
second on, a migration is named after itself and the oldest one whose code can live with it
("0002_serves_0001"); `schema` reads that name.
"""
