"""Stored messages carried to Slack."""
