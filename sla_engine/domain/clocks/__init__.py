"""Clocks: their readings at an instant, and the ledgers that explain them."""
