"""Instagram: direct messages of a professional account."""
