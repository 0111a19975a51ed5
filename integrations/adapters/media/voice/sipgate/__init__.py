"""sipgate, and phone systems that tell of calls the same way."""
