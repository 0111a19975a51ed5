"""The agent's verbs: each locks, changes, writes an Activity and pushes; doing it twice changes nothing."""
