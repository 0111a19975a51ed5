"""Shopify: webhooks in, the Admin API for the past and for what agents do."""
