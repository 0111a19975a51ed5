"""Text messages through any other service: signed webhooks in, a template of its API out."""
