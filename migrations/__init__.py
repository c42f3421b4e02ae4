"""Alembic's migrations; they ship with the program, so that `sla-bot migrate` works from an installed one."""
