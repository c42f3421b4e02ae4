"""A person's commands, clicks and forms, as Slack passes them to the app."""
