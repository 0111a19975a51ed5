"""The e-mail medium: reading mail, and its ways in and out."""
