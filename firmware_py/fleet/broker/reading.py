"""Reads what desks send, believing nothing: what the contract does not know is refused."""

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, NoReturn

import jsonschema_rs

from firmware_py.contract.payloads import source
from firmware_py.contract.schemas import schema
from firmware_py.contract.topics import (
    CHECK,
    CONFIG_DESIRED,
    CONFIG_REPORTED,
    CONTEST,
    EVENT,
    HEALTH,
    STATE,
    Channel,
)
from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.names import LONGEST, prefix
from firmware_py.settings.config import Desk

_KIND: Final = EVENT.path.partition("/")[0] + "/"


class MalformedError(DeskcueError):
    """A message is not as the contract says; the line says where."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a desk."""

    desk: Desk
    channel: Channel
    content: Mapping[str, Any]
    """Valid by the channel's schema; it may have keys that this version does not know."""


def read(topic: str, payload: bytes) -> Message:
    """Read a message.

    Raises:
        MalformedError: it is none of those that the server's side takes.
    """
    desk, path = _desk(topic)
    channel = _channel(path)
    content = _content(payload)
    error = next(_validator(channel.schema).iter_errors(content), None)
    if error is not None:
        where = "/".join(map(str, error.instance_path)) or "the message"
        raise MalformedError(f"{where}: {error.message}"[:300])
    if channel in (EVENT, CHECK, CONTEST):
        _same(desk, path, content)
    return Message(desk, channel, content)


@dataclass(slots=True)
class CountingReader:
    """Reads messages one after the other, and counts them."""

    heard: int = 0
    malformed: int = 0
    """Those among them that are not as the contract says."""
    last: str = ""
    """Topic of the last of those, and what is wrong with it."""

    def read(self, topic: str, payload: bytes) -> Message | None:
        """Read a message; None where it deletes a retained one, or is malformed."""
        self.heard += 1
        if not payload:
            return None
        try:
            return read(topic, payload)
        except MalformedError as error:
            self.malformed += 1
            self.last = f"{topic[:200]!r}: {error}"
            return None


def moment(event: Mapping[str, Any]) -> datetime.datetime:
    """When an event happened, UTC.

    Raises:
        MalformedError: a calendar has no such moment.
    """
    try:
        return datetime.datetime.fromisoformat(event["time"]).astimezone(datetime.UTC)
    except (ValueError, OverflowError) as error:
        raise MalformedError(f"time: {error}") from None


def _desk(topic: str) -> tuple[Desk, str]:
    root = prefix("")
    levels = topic.removeprefix(root).split("/", 3)
    if not topic.startswith(root) or len(levels) < 4:
        raise MalformedError("no topic of a desk")
    if (
        max(map(len, levels[:3])) > LONGEST
    ):  # as a certificate has it; an index takes no more either
        raise MalformedError(f"a name of more than {LONGEST} characters")
    return Desk(*levels[:3]), levels[3]


def _channel(path: str) -> Channel:
    for channel in (CHECK, CONTEST, STATE, HEALTH, CONFIG_REPORTED, CONFIG_DESIRED):
        if path == channel.path:
            return channel
    if path.startswith(_KIND):
        return EVENT
    raise MalformedError("a topic that the contract does not know")


def _content(payload: bytes) -> Mapping[str, Any]:
    try:
        content = json.loads(payload.decode("utf-8"), parse_constant=_no_number)
        # What Python reads and no database takes: half a character, and numbers without an end.
        json.dumps(content, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except (ValueError, RecursionError) as error:  # UnicodeError is a ValueError
        raise MalformedError(f"no JSON: {error}"[:300]) from None
    if not isinstance(content, dict):
        raise MalformedError("no JSON object")
    if b"\\u0000" in payload:
        raise MalformedError("a text holds the character NUL")
    return content


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number in JSON")


def _same(desk: Desk, path: str, content: Mapping[str, Any]) -> None:
    """The broker's access list binds a desk to its topic; what it says must be of that desk."""
    data = content["data"]
    if content["source"] != source(desk) or Desk(data["site"], data["floor"], data["desk"]) != desk:
        raise MalformedError("an event that says that it is another desk's")
    moment(content)
    if path != _KIND + data["kind"]:
        raise MalformedError("an event on the topic of another kind")


@cache
def _validator(name: str) -> jsonschema_rs.Draft202012Validator:
    # A newer desk may add keys, and an older one lacks some of health's, where nothing needs them.
    told = _tolerant(schema(name), needs=name != HEALTH.schema)
    return jsonschema_rs.Draft202012Validator(told, validate_formats=True)


def _tolerant(part: Any, *, needs: bool) -> Any:
    """A schema without what forbids unknown keys; with ``needs`` false also without required."""
    if isinstance(part, list):
        return [_tolerant(one, needs=needs) for one in part]
    if not isinstance(part, dict):
        return part
    strict = (("additionalProperties", False),)
    return {
        key: _tolerant(value, needs=needs)
        for key, value in part.items()
        if (key, value) not in strict and (needs or key != "required")
    }
