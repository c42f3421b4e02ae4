"""What each clock reads at an instant, and why."""
