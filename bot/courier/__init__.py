"""Carries stored messages to Slack."""
