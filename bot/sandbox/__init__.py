"""A Slack workspace on your own machine, for trying the bot and for testing it.

Here "client" never means a customer: it is a program that speaks Slack's protocol.
"""
