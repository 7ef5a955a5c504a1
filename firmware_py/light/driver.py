"""Keeps an LED at what the scheduler says, from a thread of its own."""

import threading
from collections.abc import Callable
from typing import Final

from firmware_py.core.problems import Fault
from firmware_py.core.types import Finding
from firmware_py.light.led import Led
from firmware_py.light.pattern import Colour, Pattern
from firmware_py.light.scheduler import LightScheduler

_FRAMES_PER_SECOND: Final = 25


class LightDriver:
    """Keeps an LED at what a Glow says, from a thread of its own."""

    def __init__(self, glow: LightScheduler, led: Led, now: Callable[[], float]) -> None:
        """Prepare.

        Args:
            glow: what to say; from now on it belongs to the Lamp.
            led: where to say it.
            now: seconds of the stream by now, going on even while the sound has stopped.
        """
        self.problem = ""
        """Why it went dark, one line; empty while it works."""
        self._lock = threading.Lock()
        self._scheduler = glow
        self._led = led
        self._now = now
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lamp", daemon=True)

    def accept(self, finding: Finding) -> None:
        """Show a Finding's cue."""
        with self._lock:
            self._scheduler.accept(finding)

    def fault(self, fault: Fault, *, present: bool = True) -> None:
        """Say that something is wrong with the device, or no longer."""
        with self._lock:
            self._scheduler.fault(fault, present=present)

    def pattern(self, seconds: float) -> Pattern:
        """Pattern that is shown at a second of the stream."""
        with self._lock:
            return self._scheduler.pattern(seconds)

    def start(self) -> None:
        """Begin to shine."""
        self._thread.start()

    def join(self) -> None:
        """Wait until it has gone dark."""
        self._thread.join()

    def close(self) -> None:
        """Go dark."""
        self._stop.set()
        if self._thread.is_alive():
            self.join()
        self._led.close()

    def _run(self) -> None:
        try:
            self._shine()
        except Exception as error:  # a dark light must not silence the rest
            self.problem = f"the light failed: {error}"

    def _shine(self) -> None:
        shown: Colour | None = None
        while not self._stop.wait(1 / _FRAMES_PER_SECOND):
            with self._lock:
                colour = self._scheduler.at(self._now())
            if colour != shown:
                self._led.show(colour)
                shown = colour
