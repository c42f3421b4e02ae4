"""Who is absent, who dispatches, and whether people react."""
