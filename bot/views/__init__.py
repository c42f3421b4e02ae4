"""Pure builders: engine value in, Block Kit objects out."""
