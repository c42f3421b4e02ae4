"""Versions of agreements and of the MSP's own file: applying them, and which is in force."""
