"""X, by its API v2: direct messages, and posts that mention us."""
