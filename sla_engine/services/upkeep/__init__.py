"""What the bot does for itself: failures, kept requests, dead letters, retention, health."""
