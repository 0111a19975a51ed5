"""Channels compared: what comes by which, how fast it is answered, how it is found, what it costs, and who switches."""
