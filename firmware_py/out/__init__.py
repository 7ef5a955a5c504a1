"""Outputs: the light, the outbox, the broker, the terminal."""
