"""Help for the agent: what was solved before, what to answer, what it is about so far. All of it is a suggestion."""
