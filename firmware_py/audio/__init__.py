"""Tap: where sound comes from, as Blocks."""
