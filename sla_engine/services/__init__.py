"""Use cases: load, decide (domain), record, tell. One transaction each."""
