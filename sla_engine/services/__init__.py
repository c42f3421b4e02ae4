"""Use cases: load, decide (domain), record, enqueue messages. One transaction each."""
