"""Gathering what a what-if needs."""
