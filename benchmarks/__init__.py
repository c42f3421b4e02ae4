"""How fast the engine is, measured against the floor of the language and against other packages: `make bench`."""
