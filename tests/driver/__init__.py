"""People at work in the sandbox, for tests."""
