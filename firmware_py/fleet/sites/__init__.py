"""A site's folder: its authority, the broker's configuration, logins."""
