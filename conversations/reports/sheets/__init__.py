"""A report as one sheet, whatever it is read as: a page, a table for a spreadsheet, paper, or an email."""
