"""What the desks of a site say, as far as whoever changes their settings must know."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from firmware_py.contract.configuration import Refusal
from firmware_py.contract.payloads import DeskState
from firmware_py.contract.topics import (
    CONFIG_DESIRED,
    CONFIG_REPORTED,
    EVENT,
    STATE,
    Channel,
)
from firmware_py.core.types import Cue
from firmware_py.fleet.broker.reading import CountingReader
from firmware_py.settings.config import Desk
from firmware_py.settings.desired import NOTHING, Desired

HEARD: tuple[Channel, ...] = (STATE, CONFIG_REPORTED, CONFIG_DESIRED, EVENT)
"""Channels to subscribe to."""


LOST: Final = "lost"
"""Code of a desk that cannot be reached, for whatever reason: it may have been switched off."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one desk said last."""

    state: DeskState | None = None
    faults: frozenset[str] = frozenset()
    reported: int | None = None
    """Version of the settings in force; None before the first report."""
    refused: tuple[Refusal, ...] = ()
    desired: Desired = NOTHING
    """What the broker keeps for it."""

    @property
    def is_there(self) -> bool:
        """Whether it can be reached."""
        return self.state in (DeskState.READY, DeskState.DEGRADED)

    @property
    def wrong(self) -> frozenset[str]:
        """Codes of what is wrong with it, ``lost`` among them."""
        return self.faults | ({LOST} if self.state is DeskState.LOST else frozenset())


@dataclass(slots=True)
class FloorWatch:
    """All desks of a site."""

    desks: dict[Desk, Seen] = field(default_factory=dict)
    cues: Counter[Desk] = field(default_factory=Counter)
    """Cues that each desk's light has shown since the watch began."""
    reader: CountingReader = field(default_factory=CountingReader)

    def hear(self, topic: str, payload: bytes) -> None:
        """Take a message in."""
        message = self.reader.read(topic, payload)
        if message is None:
            return
        if message.channel is EVENT:
            self.cues[message.desk] += _is_cue(message.content)
        elif message.channel in HEARD:
            before = self.desks.get(message.desk, Seen())
            self.desks[message.desk] = _changed(before, message.channel, message.content)

    def give(self, desk: Desk, desired: Desired) -> None:
        """Know what is on its way to a desk; what the broker keeps comes back, and may be newer."""
        self.desks[desk] = replace(self.of(desk), desired=desired)

    def of(self, desk: Desk) -> Seen:
        """What a desk said; nothing if it never spoke."""
        return self.desks.get(desk, Seen())

    def count(self, desks: Iterable[Desk]) -> int:
        """Cues of all these desks."""
        return sum(self.cues[one] for one in desks)


def _is_cue(event: Mapping[str, Any]) -> bool:
    """Whether a light was shown just now; what comes later than it happened does not count."""
    late = "replayed" in event or "clock" in event
    return not late and event["data"].get("cue") in (Cue.AMBER, Cue.RED)


def _changed(before: Seen, channel: Channel, content: Mapping[str, Any]) -> Seen:
    if channel is STATE:
        return replace(
            before, state=DeskState(content["state"]), faults=frozenset(content["faults"])
        )
    if channel is CONFIG_DESIRED:
        return replace(before, desired=Desired(content["version"], content["settings"]))
    refused = tuple(Refusal(one["version"], one["what"], one["why"]) for one in content["refused"])
    return replace(before, reported=content["version"], refused=refused)
