"""Journeys: how customers come to us and go on, from place to place."""
