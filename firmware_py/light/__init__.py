"""The desk light: patterns, scheduler, driver, and the card that explains it."""
