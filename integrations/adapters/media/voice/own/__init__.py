"""Any other phone system, by our own signed webhook."""
