"""Traffic between the sandbox and an app: deliveries, connections, limits, faults."""
