"""What a step costs when the database has grown: with 10,000 accounts, a million, five million.

    python -m benchmarks.scale                        10,000 and 1 million, on SQLite and on PostgreSQL
    python -m benchmarks.scale --accounts 10000,5000000
    python -m benchmarks.scale --short                the short form: 1,000 and 10,000
    python -m benchmarks.scale.throughput             one process and two on one PostgreSQL

people        who is in the database: made up, and the same at each run
patterns      rows as the store writes them, with gaps to fill
loading       a whole database, row by row, in bulk
homes         the databases: SQLite, PostgreSQL
sites         the steps that are measured, on one database
growth        the rounds, and how the cost grows
allocation    identifiers, when five digits are nearly used up
throughput    one process and two; worker is what each of them does
"""
