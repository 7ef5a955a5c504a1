"""The payloads that a desk writes about itself; ``*.schema.json`` says the same to machines."""

import datetime
import json
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from firmware_py.contract.configuration import ConfigReported
from firmware_py.settings.config import Desk


class DeskState(StrEnum):
    """How a device does, in one word."""

    READY = "ready"
    """It hears and sends, and nothing is wrong."""
    DEGRADED = "degraded"
    """Something is wrong; the fault codes say what."""
    LOST = "lost"
    """It cannot be reached."""


@dataclass(frozen=True, slots=True)
class FaultReport:
    """One thing that is wrong."""

    code: str
    line: str
    """What is wrong, where, and what to do."""
    since: str | None = None
    """When it began, UTC; None where nobody noted it."""


@dataclass(frozen=True, slots=True)
class State:
    """Payload of ``state``."""

    state: DeskState
    faults: tuple[str, ...]
    """Codes."""
    at: str
    """When it was written, UTC; a last will is written when the desk connects."""


@dataclass(frozen=True, slots=True)
class EarStatus:
    """The ear's word to the uplink, which passes it on in health."""

    at: str
    """UTC."""
    uptime_s: float
    """Seconds that the machine had been up."""
    seconds: float
    """Seconds of sound heard since the start."""
    findings: int
    waiting: int
    """Events in memory only, because the disk refuses."""
    lost_events: int
    lost_blocks: int
    """Blocks of sound that never came."""
    faults: tuple[FaultReport, ...]
    light: str
    """Why the light stays dark; empty if it does not."""
    rulebook: str
    rulebook_version: int
    model_sha256: str | None
    """None while no phone model runs."""
    rulebook_sha256: str | None = None
    """As the site's settings tune it."""
    settings_version: int = 0
    """Of the desired configuration in force; 0: the desk's own file alone."""
    settings_problem: str = ""
    """Why the newest is not in force; empty if it is."""


@dataclass(frozen=True, slots=True)
class OutboxReport:
    """How full the outbox is."""

    pending: int
    sent: int
    """Of those that are still kept."""
    dropped: int
    """Events given up for want of room, ever."""
    quarantined: int
    """Events that the broker refuses."""


@dataclass(frozen=True, slots=True)
class Health:
    """Payload of ``health``."""

    at: str
    """UTC."""
    version: str
    """Of the device's software."""
    mqtt: str
    """Version of MQTT that is spoken."""
    clock: str
    """``set`` or ``unset``."""
    faults: tuple[FaultReport, ...]
    outbox: OutboxReport
    ear: Mapping[str, Any] | None
    """An EarStatus as it was read; None before the first."""
    ear_age_s: float | None
    """Seconds since the ear said that, however the clock was set; None before the first."""
    cpu: float | None = None
    """Share of all cores' time that was busy since the last health, 0 to 1; None: unknown."""
    temperature_c: float | None = None
    """Of the processor, °C; None: unknown."""
    last_event: str | None = None
    """When the newest event that is kept happened, whatever its kind; None: there is none."""
    light_only: bool = False
    """Whether nothing of what is found leaves the desk."""
    commands_refused: int = 0
    """Messages to the desk since the uplink's start that the contract does not know."""


def utc(seconds: float) -> str:
    """ISO 8601 of seconds since the epoch, to the millisecond."""
    moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def source(desk: Desk) -> str:
    """A desk as the source of its CloudEvents."""
    return f"/deskcue/{desk.site}/{desk.floor}/{desk.desk}"


def check_event(desk: Desk, now: float) -> dict[str, Any]:
    """Payload of ``event/check`` at ``now``, seconds since the epoch."""
    return {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": source(desk),
        "type": "deskcue.check",
        "time": utc(now),
        "datacontenttype": "application/json",
        "data": {**asdict(desk), "kind": "check"},
    }


Payload = State | Health | EarStatus | ConfigReported


def to_dict(payload: Payload) -> dict[str, Any]:
    """The payload as JSON's own types."""
    made: dict[str, Any] = json.loads(to_json(payload))
    return made


def to_json(payload: Payload) -> str:
    """The payload as it is sent."""
    return json.dumps(asdict(payload), ensure_ascii=False)
