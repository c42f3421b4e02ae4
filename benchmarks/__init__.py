"""Measures the engine's speed against plain Python and against other packages: `make bench`."""
