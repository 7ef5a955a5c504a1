"""Ends a command that works until it is told to stop."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue


def _pass_on(wishes: SimpleQueue[bool], stop: threading.Event) -> None:
    if wishes.get():
        stop.set()


@contextmanager
def stopped_by_signals() -> Iterator[threading.Event]:
    """What is set once someone wants the command to end."""
    stop = threading.Event()
    # A handler runs in the midst of anything, of stop.wait() too, whose lock stop.set() would wait
    # for without end. To put something into this kind of queue is safe there.
    wishes = SimpleQueue[bool]()
    relay = threading.Thread(target=_pass_on, args=(wishes, stop), daemon=True)
    relay.start()
    names = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(name, lambda *_: wishes.put(True)) for name in names]
    try:
        yield stop
    finally:
        for name, former in zip(names, before, strict=True):
            signal.signal(name, former)
        wishes.put(False)
        relay.join()
