"""Names and texts that people wrote, made safe and comparable."""
