"""Surveys: asked once for each handled episode, on the channel that was used, and credited to who handled it."""
