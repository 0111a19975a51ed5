"""Trackers: what browsers, apps and back ends report by the Segment HTTP spec."""
