"""Agreements and people as people write them: YAML in, domain values or sentences with file and line out."""
