"""Whether the stored history is whole."""
