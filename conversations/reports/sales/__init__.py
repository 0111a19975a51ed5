"""What customers bought as facts for reports: derived from the rows of each customer, whole, whenever one changes."""
