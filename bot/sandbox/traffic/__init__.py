"""What passes between the sandbox and an app."""
