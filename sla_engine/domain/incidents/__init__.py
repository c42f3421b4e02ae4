"""What happened to an incident, and where that leaves it."""
