"""Blocks become Features: levels, voice activity, pitch, phones."""
