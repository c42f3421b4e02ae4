"""Which rules histories are read by: raised whenever a rule changes what a stored history says of an outcome."""

RULES_VERSION = 2
"""1: the first ones. 2: nothing promised ends a clock; facts of one instant keep each source's order; what a reply or
a firing means is decided in reading; a short wait defers no customer update; merging keeps the misses before it."""

FIRST_RULES = 1
"""What histories were written by that do not say by which."""
