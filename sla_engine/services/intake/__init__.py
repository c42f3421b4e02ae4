"""Somebody else's ticket becomes facts of ours."""
