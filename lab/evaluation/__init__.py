"""Measures what the device hears; prints tables and keeps results. Not part of the package."""
