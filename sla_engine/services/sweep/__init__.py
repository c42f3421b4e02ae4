"""What became due."""
