"""Facts added up by hour and day, once, so that a report of a year reads thousands of rows instead of millions."""
