"""Rules: how they are read, and each kind at work."""
