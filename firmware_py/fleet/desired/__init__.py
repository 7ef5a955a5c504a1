"""The settings that a site wants on each desk, and where each comes from."""
