"""Stand-ins for providers and shops, speaking their protocols on loopback."""
