"""Limits adapters: named budgets in one process, or in a SQL table that several share."""
