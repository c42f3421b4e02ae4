"""Delivery: a stored message reaches its channel once in effect. Nothing here knows of Slack."""
