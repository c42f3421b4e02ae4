"""Whether a miss is explained, and which procedure follows from it."""
