"""Between outbox and broker: events go out, commands come in."""
