"""The collector: a site's events from the broker into the database."""
