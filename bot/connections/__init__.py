"""Connections from Slack to the bot: Socket Mode and signed HTTP."""
