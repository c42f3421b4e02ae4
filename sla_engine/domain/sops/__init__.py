"""The registry of procedures (SOPs): what each is for, who looks after it, and when it is to be reviewed."""
