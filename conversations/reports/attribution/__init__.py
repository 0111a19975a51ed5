"""The report of attribution: which campaigns, sites and talks led to resolved sales, under five models side by side."""
