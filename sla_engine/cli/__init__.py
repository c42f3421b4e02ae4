"""The terminal: a module a command."""
