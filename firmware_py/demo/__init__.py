"""The call that ``deskcue demo`` plays: ``call.ogg`` and, in ``call.toml``, what is said when."""
