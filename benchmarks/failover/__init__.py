"""The primary dies under load, its synchronous standby takes over: what was acknowledged must be there.

    python -m benchmarks.failover            five failovers, each printed
    python -m benchmarks.failover --short    one

pair      a PostgreSQL primary and its standby; killing the one, promoting the other
ledger    what the store acknowledged, written down between the flows and the store
people    threads that sign up and sign in, and go on when the store is away
checks    the ledger against the rows of the new primary
drill     one failover from beginning to end
"""
