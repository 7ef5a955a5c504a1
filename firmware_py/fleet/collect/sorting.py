"""Parts what came from the broker: what is kept, and what is put aside."""

from collections.abc import Iterable

from firmware_py.contract.topics import CHECK
from firmware_py.fleet.broker.reading import MalformedError, Message, read
from firmware_py.fleet.storage.rows import Refusal


def sort(messages: Iterable[tuple[str, bytes]]) -> tuple[list[Message], list[Refusal]]:
    """Part events from what is none, by topic and payload; a doctor's trial is neither."""
    events, refused = [], []
    for where, payload in messages:
        try:
            one = read(where, payload)
        except MalformedError as error:
            refused.append(Refusal(where, str(error), payload))
        else:
            if one.channel is not CHECK:
                events.append(one)
    return events, refused
