"""Pages about what came in and how."""
