"""Adapters of the media on which people write to us."""
