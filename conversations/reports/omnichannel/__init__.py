"""How well the channels work as one: the field's formula, with each part of it counted."""
