"""Acts of people on incidents."""
