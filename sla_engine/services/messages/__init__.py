"""What a nudge shows, and how it changes."""
