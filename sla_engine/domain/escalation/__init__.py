"""Who must hear what, and when somebody must look again."""
