"""Who writes to us: imports nothing else of ours."""
