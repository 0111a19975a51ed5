"""The demo's material: the desk of Hollin & Fell, its customers, and what they wrote in half a year."""
