"""Which version of an agreement and of the MSP's own file is in force."""
