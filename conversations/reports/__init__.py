"""What supervisors read: the live board, and what stands behind its numbers."""
