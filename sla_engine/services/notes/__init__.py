"""SLA notes: asked for, written, reviewed, and decided on a procedure."""
