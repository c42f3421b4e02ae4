"""The tables, a module a subject; the migrations make exactly these."""
