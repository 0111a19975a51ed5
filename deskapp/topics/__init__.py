"""/settings/topics/: what conversations can be about, the examples it is learnt from, and how well it is told apart."""
