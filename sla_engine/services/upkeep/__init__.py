"""Upkeep of the bot itself: failures, kept requests, dead letters, retention, health."""
