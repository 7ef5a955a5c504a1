"""Keeps an LED at what the scheduler says, from a thread of its own."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from firmware_py.core.problems import Fault
from firmware_py.core.types import Finding
from firmware_py.light.led import Led
from firmware_py.light.pattern import Colour, Pattern
from firmware_py.light.scheduler import LightScheduler

RETRY_S: Final = 60.0
"""Seconds before a light that failed is tried again."""
_FRAMES_PER_SECOND: Final = 25

_log = logging.getLogger(__name__)


class LightDriver:
    """Keeps an LED at what a Glow says, from a thread of its own."""

    def __init__(
        self,
        scheduler: LightScheduler,
        led: Led,
        now: Callable[[], float],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare.

        Args:
            scheduler: what to say; from now on it belongs to the driver.
            led: where to say it.
            now: seconds of the stream by now, going on even while the sound has stopped.
            monotonic: seconds by which a failed light is tried again.
        """
        self.problem = ""
        """Why it is dark, one line; empty while it works."""
        self._lock = threading.Lock()
        self._scheduler = scheduler
        self._led = led
        self._now, self._monotonic = now, monotonic
        self._next_try = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="light", daemon=True)

    def accept(self, finding: Finding) -> None:
        """Show a Finding's cue."""
        with self._lock:
            self._scheduler.accept(finding)

    def fault(self, fault: Fault, *, present: bool = True) -> None:
        """Say that something is wrong with the device, or no longer."""
        with self._lock:
            self._scheduler.fault(fault, present=present)

    def identify(self) -> None:
        """Say where the desk is, from now on for a while."""
        with self._lock:
            self._scheduler.identify(self._now())

    def pattern(self, seconds: float) -> Pattern:
        """Pattern that is shown at a second of the stream."""
        with self._lock:
            return self._scheduler.pattern(seconds)

    def start(self) -> None:
        """Begin to shine."""
        self._thread.start()

    def close(self) -> None:
        """Go dark."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        try:
            self._led.close()
        except Exception as error:  # the last events must still find their way to disk
            _log.warning("the light cannot be closed: %s", error)

    def _run(self) -> None:
        shown: Colour | None = None
        while not self._stop.wait(1 / _FRAMES_PER_SECOND):
            with self._lock:
                colour = self._scheduler.at(self._now())
            if colour != shown and (at := self._monotonic()) >= self._next_try:
                shown = self._show(colour, at)

    def _show(self, colour: Colour, at: float) -> Colour | None:
        """Show a colour; None if the light fails, which is then left alone for a while."""
        try:
            self._led.show(colour)
        except Exception as error:  # whatever fails at the pins, the ear goes on without a light
            self._report(f"going on without a light: {error}")
            self._next_try = at + RETRY_S
            return None
        self._report("")
        return colour

    def _report(self, problem: str) -> None:
        """Say once what is wrong, and once that it is well again."""
        if problem and problem != self.problem:
            _log.warning("%s", problem)
        if self.problem and not problem:
            _log.info("recovered: %s", self.problem)
        self.problem = problem
