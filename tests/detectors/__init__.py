"""Detectors, one by one and together."""
