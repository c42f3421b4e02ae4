"""The sandbox's people, channels and messages."""
