"""Nudges and messages: their content, and how it changes."""
