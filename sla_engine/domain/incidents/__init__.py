"""Incidents: their facts, and the state that follows from them."""
