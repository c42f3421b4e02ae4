"""SLA notes and SOPs: whether a miss is explained, and which procedure follows from it."""
