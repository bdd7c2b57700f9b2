"""Adapters of the `Limits` port: who keeps the counters.

memory  one process; for tests, demonstrations and sites with a single worker
sql     a table beside the SQL store's, shared by all processes
"""
