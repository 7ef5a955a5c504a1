"""Rules: Observations become Findings."""
