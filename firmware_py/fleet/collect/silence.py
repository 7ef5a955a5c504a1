"""Tells a floor on which nothing happens from a login that may not read events.

Mosquitto grants a subscription whether or not its access list lets anything through, so a collector
with a wrong login would hear nothing, and never be told. What desks say of themselves in health,
which the broker keeps, tells: where it has taken an event of theirs and none came here, it was held
back.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Final

from firmware_py.contract.topics import HEALTH
from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.broker.listening import Listening
from firmware_py.fleet.broker.login import Login
from firmware_py.fleet.broker.reading import CountingReader
from firmware_py.fleet.broker.trouble_log import TroubleLog
from firmware_py.settings.config import Desk

EVERY_S: Final = 90.0
"""Between two looks, while nothing comes; health comes every 60 s."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a desk's health says of its events."""

    at: str
    """When it said so, by its own clock."""
    events: int
    """That the broker has acknowledged and the desk still keeps."""


@dataclass(slots=True)
class Tale:
    """What desks have said, look after look."""

    _last: Mapping[Desk, Taken] = field(default_factory=dict)
    _base: dict[Desk, int] = field(default_factory=dict)
    """Events of a desk that spoke after the first look, and so after we had subscribed."""

    def goes_on(self, now: Mapping[Desk, Taken]) -> bool:
        """Take what desks say now; whether the broker has certainly taken an event of theirs."""
        grown = any(one.events > self._base.get(desk, one.events) for desk, one in now.items())
        for desk, one in now.items():
            if one.at != self._last.get(desk, one).at:
                self._base[desk] = one.events
        self._last = now
        return grown


class Silence:
    """Looks at what desks say of themselves, for as long as no event came."""

    def __init__(
        self,
        login: Login,
        name: str,
        *,
        share: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare.

        Args:
            login: the collector's.
            name: client id for the looks, which nobody else may have.
            share: whether other collectors take messages, too.
            monotonic: seconds.
        """
        self._login, self._name, self._monotonic = login, name, monotonic
        self._others = ", or collectors that share the load took them" if share else ""
        self._log = TroubleLog("reading events")
        self.begin()

    def begin(self) -> None:
        """Subscribed anew: only what desks send from now on must come."""
        self._tale, self._suspicion = Tale(), ""
        self._next = self._monotonic() + EVERY_S

    def look(self, *, came: bool) -> None:
        """Ask the broker for desks' health, if it is time to; say what the look before showed.

        Whatever was on its way then has had the time in between to come.

        Args:
            came: whether any message came since the start.
        """
        if came:
            self._log.say("")
        elif self._monotonic() >= self._next:
            if self._suspicion:
                self._log.say(self._suspicion)
            self._suspicion = self._suspect()
            self._next = self._monotonic() + EVERY_S

    def _suspect(self) -> str:
        """Why nothing may have come; empty: desks found nothing, as far as one can know."""
        may_not = (
            f"the login {self._login.folder} may not read them{self._others} (the broker does not"
            " say; logins/reader of the site's folder may)"
        )
        try:
            now = self._asked()
        except DeskcueError as error:
            return f"no event came, and why is not known: {error}"
        if not now:
            return f"no event and no desk's health came: no desk has connected yet, or {may_not}"
        if self._tale.goes_on(now):
            return f"the broker took events of desks, and none came here: {may_not}"
        return ""

    def _asked(self) -> dict[Desk, Taken]:
        reader, told = CountingReader(), dict[Desk, Taken]()

        def hear(topic: str, payload: bytes) -> None:
            if message := reader.read(topic, payload):
                told[message.desk] = taken(message.content)

        with closing(Listening(self._login, self._name, (HEALTH,), hear)) as line:
            line.settle()
        return told


def taken(health: Mapping[str, Any]) -> Taken:
    """Read health; none taken in MQTT 3.1.1, where a broker acknowledges what it denies, too."""
    sent: int = health.get("outbox", {}).get("sent", 0)
    return Taken(health.get("at", ""), sent if health.get("mqtt") == "5" else 0)
