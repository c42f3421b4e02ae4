"""The registry of procedures (SOPs): importing and reading it."""
