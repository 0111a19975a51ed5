"""What is said, and who answers: imports customers."""
