"""Audit of the stored history."""
