"""Agreements and people: what was promised to each customer, from when on, and who stands for it."""
