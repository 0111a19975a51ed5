"""LINE, by its Messaging API."""
