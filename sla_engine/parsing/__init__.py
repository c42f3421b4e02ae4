"""Words that people type, read."""
