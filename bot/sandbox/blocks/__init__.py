"""Slack's rules for blocks and views."""
