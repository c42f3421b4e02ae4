"""The sweep: records and announces what became due."""
