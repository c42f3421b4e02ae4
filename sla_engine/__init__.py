"""What incidents owe, when, and to whom. Has never heard of Slack."""
