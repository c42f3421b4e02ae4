"""A Slack workspace on your own machine, for trying and for testing."""
