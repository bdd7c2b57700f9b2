"""Adapters of the `Limits` port: who keeps the counters.

memory        one process; for tests, demonstrations and sites with a single worker
sql           a table beside the SQL store's, shared by all processes; `async_sql` for asyncio
django        a table of the Django app's, shared by all processes; `async_django` for asyncio
redis         Redis or Redis Cluster, shared by all processes; `async_redis` for asyncio
storages      Memcached, MongoDB and others, as far as the library `limits` goes with them
windows       what they have in common: what a window means, and how a subject is written
sql_plans, redis_script   what the two colours of `sql` and `redis` have in common
"""
