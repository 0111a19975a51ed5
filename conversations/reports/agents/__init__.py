"""What each agent did, and in which state they were; their own figures for everybody."""
