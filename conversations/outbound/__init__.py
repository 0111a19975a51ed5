"""The outbound journey inside the desk: compose, outbox."""
