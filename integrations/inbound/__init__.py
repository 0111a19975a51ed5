"""How it gets in: webhooks and mailboxes keep what arrives, process understands it."""
