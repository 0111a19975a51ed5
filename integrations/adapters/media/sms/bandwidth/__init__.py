"""Text messages through Bandwidth."""
