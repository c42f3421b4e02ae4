"""Listeners, one file per topic: a command, its buttons and its modal change together."""
