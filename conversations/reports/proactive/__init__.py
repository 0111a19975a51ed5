"""Whom one could write to, and what came of rules that did."""
