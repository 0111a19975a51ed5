"""Hollin & Fell: a small outdoor shop to play with, whose pages carry the chat widget."""
