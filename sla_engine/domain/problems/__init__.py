"""Problems, the causes behind recurring incidents: how far each has come, and which incident looks like one."""
