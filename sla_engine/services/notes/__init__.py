"""Asking for a note, writing it, reviewing it, deciding on a procedure."""
