"""The version of the rules that histories are read by, raised when a rule changes outcomes of stored ones."""

RULES_VERSION = 2
"""1: the first ones. 2: nothing promised ends a clock; facts of one instant keep each source's order; the meaning of a
reply or a firing is decided in reading; a short wait defers no customer update; merging keeps the misses before it."""

FIRST_RULES = 1
"""The version of the rules by which histories were written that name no version."""
