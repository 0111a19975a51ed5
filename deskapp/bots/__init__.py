"""/settings/bots/ and /settings/articles/: who answers first, what it may say, and which of its answers were wrong."""
