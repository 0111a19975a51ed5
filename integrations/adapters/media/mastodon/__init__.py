"""Mastodon, by its REST and streaming API."""
