"""New versions of an agreement: what they move, and moving it."""
