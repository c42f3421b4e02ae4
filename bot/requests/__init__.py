"""Handles people's requests, from Slack's payload to the private answer."""
