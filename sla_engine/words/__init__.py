"""What people type, in Slack or in a terminal, read into values: lengths of time, points in time, suppositions."""
