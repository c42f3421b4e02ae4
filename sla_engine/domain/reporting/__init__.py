"""What a week adds up to."""
