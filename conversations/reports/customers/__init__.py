"""The report of customers: who buys again, by which ways they come, what talks lead to, what orders lead to."""
