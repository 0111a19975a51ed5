"""Template tags of the door and the settings."""
