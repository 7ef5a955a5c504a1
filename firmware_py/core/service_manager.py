"""Telling systemd how a service does (sd_notify); does nothing where nobody asked for it."""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, field


def notify(state: str) -> None:
    """Send ``READY=1``, ``WATCHDOG=1``, ``STOPPING=1`` or ``STATUS=…`` to the service manager."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):  # an abstract socket
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.connect(address)
        sender.sendall(state.encode())


def watchdog_s() -> float | None:
    """Seconds between two signs of life that the service manager wants to see, or None."""
    usec = os.environ.get("WATCHDOG_USEC", "")
    # Half the time it would wait, as systemd's own documentation advises.
    return int(usec) / 2_000_000 if usec.isdigit() and int(usec) > 0 else None


@dataclass(slots=True)
class ProgressWatchdog:
    """Feeds the service manager's watchdog while work gets done, not while a loop turns."""

    done: Callable[[], float]
    """How much is done by now; grows."""
    waiting: Callable[[], bool]
    """Whether there is nothing to do for a reason that is known and reported."""
    _last: float = field(init=False, default=-1.0)

    def __call__(self) -> None:
        """Look; feed it if there is a reason to."""
        done = self.done()
        if done > self._last or self.waiting():
            self._last = done
            notify("WATCHDOG=1")
