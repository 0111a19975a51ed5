"""Text messages: one folder for each provider."""
