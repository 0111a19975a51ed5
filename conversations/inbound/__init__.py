"""The inbound journey inside the desk: receive, thread, record."""
