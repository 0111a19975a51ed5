"""Any source of messages that speaks our own signed webhook: the way to add a channel without code."""
