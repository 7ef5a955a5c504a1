"""What the desk keeps on disk until it is sent: events and near misses."""
