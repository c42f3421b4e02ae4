"""What people do to incidents."""
