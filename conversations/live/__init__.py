"""What agents see without reloading: groups, pushes, sockets, presence."""
