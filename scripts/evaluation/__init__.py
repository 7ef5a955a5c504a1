"""Measures what the device hears; prints tables, keeps nothing. Not part of the package."""
