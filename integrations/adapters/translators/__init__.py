"""Who translates: adapters that have `translate`."""
