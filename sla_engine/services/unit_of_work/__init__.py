"""One incident in one transaction: load, decide, record, post."""
