"""Whether what was sent is what the contract says."""

from functools import cache
from typing import Any

import jsonschema

from firmware_py.contract.schemas import schema
from firmware_py.contract.topics import CHANNELS, EVENT, Channel


@cache
def validator(name: str) -> Any:
    """A validator of one schema, formats included."""
    made = jsonschema.Draft202012Validator
    return made(schema(name), format_checker=made.FORMAT_CHECKER)


def channel_of(topic: str) -> Channel:
    """The channel of a topic; one that the contract does not know fails the test."""
    below = topic.split("/", 5)[-1]
    exact = [one for one in CHANNELS if one.path == below]
    return EVENT if not exact and below.startswith("event/") else exact[0]


def assert_valid(topic: str, content: object) -> None:
    """Fail if a message is none of the contract's."""
    validator(channel_of(topic).schema).validate(content)
