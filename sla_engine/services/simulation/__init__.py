"""Simulation: what a supposition (a what-if) would change, computed from stored incidents."""
