"""Brains of other makers that think for a bot of the desk: asked turn by turn, under its lease (docs/bots.md)."""
