"""Calls that are made up, one pair for every clause of the standard."""
