"""Running the desk: logs, metrics, and what watches it from outside."""
