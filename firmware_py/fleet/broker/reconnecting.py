"""One connection to the broker after another, for those who serve for as long as they run."""

import threading
import time
from collections.abc import Callable, Iterator

from paho.mqtt.client import Client

from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.broker.trouble_log import TroubleLog
from firmware_py.uplink.backoff import Backoff


def connections(
    make: Callable[[], Client],
    join: Callable[[Client], object],
    stop: threading.Event,
    alive: Callable[[], object],
    monotonic: Callable[[], float] = time.monotonic,
) -> Iterator[Client]:
    """Give a client that has joined, and another once the caller comes back for it.

    In between is a pause, which grows as long as nothing holds: two of one name, which throw each
    other out, must not do so all day at full speed.

    Args:
        make: makes a client; what it raises ends it all.
        join: connects and subscribes it; what fails here is tried again.
        stop: ends it.
        alive: called at least once a second during a pause.
        monotonic: seconds.

    Raises:
        DeskcueError: no client can be made.
    """
    backoff, trouble = Backoff(), TroubleLog("the line to the broker")
    while not stop.is_set():
        client = make()
        try:
            join(client)
        except DeskcueError as error:
            trouble.say(str(error))
            pause = backoff.failed()
        else:
            trouble.say("")
            began = monotonic()
            yield client
            pause = backoff.ended(monotonic() - began)
        until = monotonic() + pause
        while not stop.is_set() and (left := until - monotonic()) > 0:
            alive()
            stop.wait(min(left, 1.0))
