"""Whether what is kept is whole, and when what failed is tried again."""
