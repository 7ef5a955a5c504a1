"""Offline updates: a signed bundle, two slots, and a way back."""
