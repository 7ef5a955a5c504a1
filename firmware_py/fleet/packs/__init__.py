"""What a site publishes for desks to fetch, signed by The Update Framework's roles."""
