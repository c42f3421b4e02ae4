"""Upkeep: integrity of what is kept, and retries of what failed."""
