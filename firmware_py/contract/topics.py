"""The topics of a desk: what each carries, how it is sent, which schema describes it."""

from dataclasses import dataclass
from typing import Final

from firmware_py.core.errors import DeskcueError
from firmware_py.settings.config import Desk

MAJOR: Final = 1
"""Version in the topic; what does not fit into it any more needs the next one."""
VERSION: Final = "1.6.0"
"""Version of the contract; the second number grows with every key or topic that is added."""
ROOT: Final = f"deskcue/v{MAJOR}/{{site}}/{{floor}}/{{desk}}"

_FORBIDDEN: Final = frozenset("+#/\0")


@dataclass(frozen=True, slots=True)
class Channel:
    """One topic below the desk's root."""

    name: str
    path: str
    """Levels below the root; a level in braces is filled in."""
    schema: str
    """Name of the payload's schema: ``NAME.schema.json`` beside this module."""
    sent: bool
    """Whether the desk sends it; else the desk listens to it."""
    qos: int
    """MQTT quality of service."""
    retain: bool
    """Whether the broker keeps the last one for those who come later."""
    what: str
    """One line for a reader."""
    used: bool = True
    """False while nothing sends or reads it yet."""
    text: bool = False
    """Whether the payload is a plain line instead of JSON."""


EVENT: Final = Channel(
    "event",
    "event/{kind}",
    "event",
    sent=True,
    qos=1,
    retain=False,
    what="One Finding, or (kind `summary`) a call that is over, as CloudEvents JSON",
)
CHECK: Final = Channel(
    "check",
    "event/check",
    "check",
    sent=True,
    qos=1,
    retain=False,
    what="A trial by `deskcue doctor`, where events go: an access list that stops events stops it",
)
CONTEST: Final = Channel(
    "contest",
    "event/contest",
    "contest",
    sent=True,
    qos=1,
    retain=False,
    what="What the agent says against an event, by the event's id, with a reason from a list",
)
STATE: Final = Channel(
    "state",
    "state",
    "state",
    sent=True,
    qos=1,
    retain=True,
    what="How the device does: `ready`, `degraded` with fault codes, `lost` (also its last will)",
)
HEALTH: Final = Channel(
    "health",
    "health",
    "health",
    sent=True,
    qos=1,
    retain=True,
    what="Faults, counts and ages, every 60 s",
)
CALL: Final = Channel(
    "call",
    "cmd/call",
    "call",
    sent=False,
    qos=1,
    retain=False,
    what="A phone system's word about a call: `start`, `start complaint`, `hold`, `resume`, `end`",
    text=True,
)
IDENTIFY: Final = Channel(
    "identify",
    "cmd/identify",
    "identify",
    sent=False,
    qos=1,
    retain=False,
    what="Somebody looks for this desk: its light pulses blue for 15 s; cues go before it",
    text=True,
)
CONFIG_DESIRED: Final = Channel(
    "config_desired",
    "config/desired",
    "config-desired",
    sent=False,
    qos=1,
    retain=True,
    what="Settings that the desk shall have; an empty message changes nothing",
)
CONFIG_REPORTED: Final = Channel(
    "config_reported",
    "config/reported",
    "config-reported",
    sent=True,
    qos=1,
    retain=True,
    what="Which of them it has, and why something was refused",
)
CHANNELS: Final = (
    EVENT,
    CHECK,
    CONTEST,
    STATE,
    HEALTH,
    CALL,
    IDENTIFY,
    CONFIG_DESIRED,
    CONFIG_REPORTED,
)


def _level(name: str, what: str) -> str:
    if not name or _FORBIDDEN & set(name):
        raise DeskcueError(
            f"{what} {name!r} under [desk] in deskcue.toml cannot be part of an MQTT topic:"
            " it must not be empty or hold + # /"
        )
    return name


def root_topic(desk: Desk) -> str:
    """Topic under which everything of a desk lies.

    Raises:
        DeskcueError: one of the desk's names cannot be part of a topic.
    """
    levels = {part: _level(getattr(desk, part), part) for part in ("site", "floor", "desk")}
    return ROOT.format(**levels)


def topic(desk: Desk, channel: Channel, kind: str = "") -> str:
    """Topic of a channel of a desk; an event's also names its kind.

    Raises:
        DeskcueError: one of the desk's names cannot be part of a topic.
    """
    if _FORBIDDEN & set(kind):
        raise DeskcueError(f"kind {kind!r} cannot be part of an MQTT topic")
    return f"{root_topic(desk)}/{channel.path.format(kind=kind)}"
