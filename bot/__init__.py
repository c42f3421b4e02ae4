"""The Slack front end. Translates both ways; decides nothing."""
