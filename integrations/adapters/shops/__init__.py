"""Shops: what customers buy comes in as facts, and agents act on orders where the shop's API lets them."""
