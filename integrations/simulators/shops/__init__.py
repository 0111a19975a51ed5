"""Stand-ins for shops: they keep orders, sign webhooks, and answer as their documentation says."""
