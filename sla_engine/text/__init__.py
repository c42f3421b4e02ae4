"""Sentences that the terminal and Slack share."""
