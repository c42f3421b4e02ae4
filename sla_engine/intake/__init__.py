"""Ways incidents come in; one parser a file, one registry line."""
