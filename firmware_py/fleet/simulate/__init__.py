"""A made-up floor that speaks the real protocol."""
