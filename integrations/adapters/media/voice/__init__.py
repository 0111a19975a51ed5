"""Phone systems: one folder for each."""
