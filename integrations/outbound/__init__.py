"""How it gets out: deliver claims what is due and hands it to the adapter."""
