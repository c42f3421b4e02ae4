"""Requests of people, from Slack's payload to the private answer."""
