"""What customers answered, cut by whatever supervisors ask: who, about what, in which language, at which hour."""
