"""Reads what people type: incident keys, words of a list, points in time and what-if sentences."""
