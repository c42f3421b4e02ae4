"""What was promised to whom, from when on, and who stands for it."""
