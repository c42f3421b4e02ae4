"""What somebody asked of the bot, from Slack's payload to the private answer."""
