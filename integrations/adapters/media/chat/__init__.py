"""Web chat: our own widget, the door it knocks at, and the adapter that answers through it."""
