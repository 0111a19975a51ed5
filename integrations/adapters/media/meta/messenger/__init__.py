"""Messenger: talks of a Facebook page."""
