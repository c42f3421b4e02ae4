"""The Web API methods an app calls."""
