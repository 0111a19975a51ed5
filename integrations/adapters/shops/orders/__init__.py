"""Orders by our own signed webhook, for shops and tills that no adapter knows; docs/shops.md is its reference."""
