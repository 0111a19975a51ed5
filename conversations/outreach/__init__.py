"""Writing first: who could be written to, rules that do, and what came of it."""
