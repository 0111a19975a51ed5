"""Brains on loopback, each speaking its own protocol: what they say is a script, how they say it is the real thing."""
