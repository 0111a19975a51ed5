"""What a machine understands of what customers write, and what it answers."""
