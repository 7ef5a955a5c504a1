"""From a list of desks to certificates: cards, tokens, the service that answers, the ledger."""
