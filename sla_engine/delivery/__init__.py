"""A stored message reaches its channel once in effect; it has never heard of Slack."""
