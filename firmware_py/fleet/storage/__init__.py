"""The collector's database: SQLite or PostgreSQL, its tables, and what is written and counted."""
