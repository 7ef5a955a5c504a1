"""How every desk does: a roll call, its table, and metrics."""
