"""``deskcue.toml``, and reading TOML with line numbers."""
