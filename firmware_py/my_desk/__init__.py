"""The agent's side: what this desk has sent of a day, what it keeps, and a word against it."""
