"""Who serves for long comes back to the broker, and does not hammer at it."""

import threading
from collections.abc import Callable, Iterator

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.broker.reconnecting import connections
from firmware_py.uplink.backoff import STEADY_S


class Stop(threading.Event):
    """Time passes by waiting for it alone."""

    now = 0.0

    def wait(self, timeout: float | None = None) -> bool:
        """Let it pass."""
        self.now += timeout or 0.0
        return self.is_set()


@pytest.fixture
def stop() -> Stop:
    return Stop()


def joined(stop: Stop, joins: list[str], alive: Callable[[], object]) -> Iterator[Client]:
    """Clients whose joining goes as said, one after the other; an empty text: it succeeds."""
    outcomes = iter(joins)

    def join(_client: Client) -> None:
        if trouble := next(outcomes):
            raise DeskcueError(trouble)

    return connections(
        lambda: Client(CallbackAPIVersion.VERSION2), join, stop, alive, lambda: stop.now
    )


def test_pauses_grow_until_a_connection_lasts_and_trouble_is_told_once(
    stop: Stop, log_lines: list[str]
) -> None:
    beats: list[float] = []
    lines = joined(stop, ["away", "away", "", "", "", ""], lambda: beats.append(stop.now))
    next(lines)
    assert 1 + 2 <= stop.now <= 2 + 4
    assert log_lines == ["away", "the line to the broker works again"]
    for longest in (8, 16):  # both are thrown out at once
        before = stop.now
        next(lines)
        assert longest / 2 <= stop.now - before <= longest
    before = stop.now = stop.now + 2 * STEADY_S
    next(lines)
    assert 1 <= stop.now - before <= 2
    assert len(beats) >= stop.now - 2 * STEADY_S - 1  # a watchdog hears of it each second
    assert len(log_lines) == 2


def test_it_ends_when_stopped_and_when_no_client_can_be_made(stop: Stop) -> None:
    lines = joined(stop, ["", ""], lambda: None)
    next(lines)
    stop.set()
    assert list(lines) == []

    def broken() -> Client:
        raise DeskcueError("no certificate")

    with pytest.raises(DeskcueError, match="no certificate"):
        next(connections(broken, lambda _: None, Stop(), lambda: None))
