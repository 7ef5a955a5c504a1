"""Asks the broker how every desk does: what it keeps of their state and health."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Any, Final

from firmware_py.contract.payloads import DeskState
from firmware_py.contract.topics import CONFIG_REPORTED, HEALTH, STATE, Channel
from firmware_py.fleet.broker.listening import Listening
from firmware_py.fleet.broker.login import Login
from firmware_py.fleet.broker.reading import CountingReader
from firmware_py.fleet.names import in_order
from firmware_py.settings.config import Desk


@dataclass(frozen=True, slots=True)
class DeskStatus:
    """How one desk does; None where it has not said."""

    desk: Desk
    state: DeskState | None = None
    faults: tuple[str, ...] = ()
    """Codes."""
    at: str | None = None
    """When it last spoke, by its own clock, UTC."""
    version: str | None = None
    """Of its software."""
    rulebook: str | None = None
    rulebook_version: int | None = None
    pending: int | None = None
    """Events that wait on it."""
    cpu: float | None = None
    """Share of its cores' time that was busy, 0 to 1."""
    temperature_c: float | None = None
    last_event: str | None = None
    """When the newest event that it keeps happened, whatever its kind, UTC."""
    settings_version: int | None = None
    """Of the site's settings that are in force; 0: its own file alone."""
    settings_sha256: str | None = None
    """Of those settings."""
    refused: tuple[str, ...] = ()
    """What it did not take of the newest settings, and why, a line each."""
    light_only: bool = False
    """Whether it keeps to itself what it finds."""

    @property
    def is_ready(self) -> bool:
        """Whether it hears, sends, and has no fault."""
        return self.state is DeskState.READY and not self.faults


@dataclass(slots=True)
class RollCall:
    """The desks of a site, as they answer."""

    desks: dict[Desk, DeskStatus] = field(default_factory=dict)
    reader: CountingReader = field(default_factory=CountingReader)

    def take(self, topic: str, payload: bytes) -> None:
        """Take a message in."""
        message = self.reader.read(topic, payload)
        if message is None:
            return
        before = self.desks.get(message.desk, DeskStatus(message.desk))
        if change := _CHANGES.get(message.channel):
            self.desks[message.desk] = change(before, message.content)

    def sorted(self) -> list[DeskStatus]:
        """By floor and desk."""
        return sorted(
            self.desks.values(), key=lambda one: (in_order(one.desk.floor), in_order(one.desk.desk))
        )


def _of_state(before: DeskStatus, content: Any) -> DeskStatus:
    at = max(before.at or "", content["at"])
    return replace(
        before, state=DeskState(content["state"]), faults=tuple(content["faults"]), at=at
    )


def _of_health(before: DeskStatus, content: Any) -> DeskStatus:
    ear = content.get("ear") or {}
    return replace(
        before,
        at=max(before.at or "", content.get("at", "")) or None,
        version=content.get("version"),
        rulebook=ear.get("rulebook"),
        rulebook_version=ear.get("rulebook_version"),
        pending=content.get("outbox", {}).get("pending"),
        cpu=content.get("cpu"),
        temperature_c=content.get("temperature_c"),
        last_event=content.get("last_event"),
        light_only=content.get("light_only", False),
    )


def _of_reported(before: DeskStatus, content: Any) -> DeskStatus:
    refused = tuple(f"{one['what']}: {one['why']}" for one in content["refused"])
    return replace(
        before,
        settings_version=content["version"],
        settings_sha256=content["sha256"],
        refused=refused,
    )


_CHANGES: Final[Mapping[Channel, Callable[[DeskStatus, Any], DeskStatus]]] = MappingProxyType(
    {STATE: _of_state, HEALTH: _of_health, CONFIG_REPORTED: _of_reported}
)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which desks to show; empty lets all through."""

    floor: str = ""
    """With * and ? for any letters."""
    desk: str = ""
    state: str = ""
    fault: str = ""
    version: str = ""
    """Of the software, with * and ?."""
    refused: bool = False
    """Only those that refused something."""

    def passes(self, one: DeskStatus) -> bool:
        """Whether a desk is one of them."""
        return (
            fnmatchcase(one.desk.floor, self.floor or "*")
            and fnmatchcase(one.desk.desk, self.desk or "*")
            and self.state in ("", one.state)
            and (not self.fault or self.fault in one.faults)
            and fnmatchcase(one.version or "", self.version or "*")
            and (not self.refused or bool(one.refused))
        )

    def select(self, all_desks: Iterable[DeskStatus]) -> list[DeskStatus]:
        """Those that pass."""
        return [one for one in all_desks if self.passes(one)]


def call_roll(login: Login, name: str) -> RollCall:
    """Ask the broker, and listen until it has said everything that it keeps.

    Args:
        login: one that may read.
        name: client id, which nobody else may have.

    Raises:
        DeskcueError: the broker cannot be reached, refuses, or is lost in between.
    """
    found = RollCall()
    channels = [replace(one, qos=0) for one in _CHANGES]  # what is lost is asked for again
    with closing(Listening(login, name, channels, found.take)) as line:
        line.settle()
    return found
