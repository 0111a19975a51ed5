"""The agents' pages: find through visible_to, act, render."""
