"""Files of customers, agents and old conversations, from upload to undo."""
