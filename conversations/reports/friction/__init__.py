"""Friction: what makes it hard for customers, counted by the harm it does."""
