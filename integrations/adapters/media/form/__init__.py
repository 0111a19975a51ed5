"""The contact form: a page of the desk that any page of the shop may show within it."""
