"""Queries: lists, explanations and figures. Only the digest, which is posted, writes anything."""
