"""Alembic's home: the environment and, in `versions`, one module for each change of the schema."""
