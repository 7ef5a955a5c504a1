"""Many made-up desks in one thread, each with its own TLS connection to the site's broker."""

import random
import selectors
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from paho.mqtt.client import Client
from paho.mqtt.enums import MQTTErrorCode

from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.broker.login import Login, read_login
from firmware_py.fleet.names import identity
from firmware_py.fleet.simulate.desk import SimulatedDesk, Tally
from firmware_py.fleet.sites.site import Site, write_login
from firmware_py.settings.config import Desk

HEALTH_S: Final = 60.0
_LOOK_S: Final = 0.02
_HOUSEKEEPING_S: Final = 1.0
_ON_A_FLOOR: Final = 100


@contextmanager
def enrolled(
    site: Site, count: int, on_a_floor: int = _ON_A_FLOOR, floor: str = "sim-{}"
) -> Iterator[list[tuple[Desk, Login]]]:
    """Desks with certificates; their keys are gone at the end.

    Args:
        site: whose authority signs.
        count: how many.
        on_a_floor: how many of them on one floor.
        floor: a floor's name, with its number in it.

    Raises:
        DeskcueError: the keys cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="deskcue-") as folder:
        try:
            desks = [
                _enrol(site, _desk(site, number, on_a_floor, floor), Path(folder, str(number)))
                for number in range(count)
            ]
        except OSError as error:
            raise DeskcueError(f"the desks' keys cannot be written ({error.strerror})") from None
        yield desks


def _desk(site: Site, number: int, on_a_floor: int, floor: str) -> Desk:
    above, place = divmod(number, on_a_floor)
    width = len(str(on_a_floor))
    return Desk(site.address.site, floor.format(above + 1), f"{above + 1}-{place + 1:0{width}}")


def _enrol(site: Site, desk: Desk, own: Path) -> tuple[Desk, Login]:
    write_login(own, site.address, site.authority, identity(desk))
    return desk, read_login(own)


class Simulator:
    """The desks, and what they have to do."""

    def __init__(self, desks: Sequence[tuple[Desk, Login]], rate: float) -> None:
        """Prepare.

        Args:
            desks: who they are, and how each comes in.
            rate: events a second, of all desks together; they come at random moments.

        Raises:
            DeskcueError: a login cannot be used.
        """
        self.tally = Tally()
        self.rate = rate
        self.desks = [SimulatedDesk(*one, self.tally) for one in desks]
        self._turns = deque(self.desks)
        """Who says next how it does; one that is passed over would seem silent."""
        self._selector = selectors.DefaultSelector()
        for desk in self.desks:
            self._watch(desk)
        self._next_event = self._next_housekeeping = time.monotonic()
        self._health_due = 0.0

    @property
    def connected(self) -> int:
        """How many are connected."""
        return sum(one.connected for one in self.desks)

    @property
    def waiting(self) -> int:
        """Events that nobody has acknowledged yet."""
        return sum(one.waiting for one in self.desks)

    def run(self, until: Callable[[], object]) -> None:
        """Serve them until something is so; asked many times a second."""
        while not until():
            self.step()

    def step(self) -> None:
        """Serve each that has something to do."""
        now = time.monotonic()
        self._connect(now)
        self._publish(now)
        if now >= self._next_housekeeping:
            self._next_housekeeping = now + _HOUSEKEEPING_S
            self._keep_house()
        for key, _ in self._selector.select(_LOOK_S):
            _read(key.data)
        for desk in self.desks:
            if desk.client.want_write():
                desk.client.loop_write()

    def close(self, patience_s: float = 10.0) -> None:
        """Wait for what is on its way, and say goodbye."""
        self.rate = 0.0
        until = time.monotonic() + patience_s
        self.run(lambda: not self.waiting or time.monotonic() > until)
        for desk in self.desks:
            desk.hang_up()
        self._selector.close()

    def summary(self) -> dict[str, Any]:
        """What they did, as JSON's own types."""
        told = {"desks": len(self.desks), "connected": self.connected, **asdict(self.tally)}
        return told | {"failures": dict(self.tally.failures)}  # asdict counts a Counter's pairs

    def _connect(self, now: float) -> None:
        """Connect one: a handshake holds up the others."""
        for desk in self.desks:
            if desk.client.socket() is None and now >= desk.retry_at:
                desk.connect()
                return

    def _watch(self, desk: SimulatedDesk) -> None:
        """Have its socket in the selector for as long as it is open."""

        def opened(_client: Client, _data: object, line: Any) -> None:
            self._selector.register(line, selectors.EVENT_READ, desk)

        def closed(_client: Client, _data: object, line: Any) -> None:
            self._selector.unregister(line)

        desk.client.on_socket_open, desk.client.on_socket_close = opened, closed

    def _publish(self, now: float) -> None:
        ready = [one for one in self.desks if one.connected]
        if not self.rate or not ready:
            self._next_event = now
        while self._next_event < now:
            random.choice(ready).publish_event()
            self._next_event += random.expovariate(self.rate)

    def _keep_house(self) -> None:
        """Pings, and health of as many as are due."""
        for desk in self.desks:
            desk.client.loop_misc()
        self._health_due += _HOUSEKEEPING_S / HEALTH_S * len(self.desks)
        due = int(self._health_due)
        self._health_due -= due
        for _ in range(min(due, len(self._turns))):
            if self._turns[0].connected:
                self._turns[0].publish_health()
            self._turns.rotate(-1)


def _read(desk: SimulatedDesk) -> None:
    while desk.client.loop_read() == MQTTErrorCode.MQTT_ERR_SUCCESS:
        line: Any = desk.client.socket()
        if line is None or not line.pending():  # what TLS has read ahead
            return
