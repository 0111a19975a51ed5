"""How it gets in and out: imports conversations and customers."""
