"""What a new version of an agreement moves, and moving it."""
