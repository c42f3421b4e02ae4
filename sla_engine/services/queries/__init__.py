"""Questions; nothing here writes, but for the digest that is posted."""
