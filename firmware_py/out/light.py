"""The desk light: what it says (``Glow``, which knows no hardware) and the LED that says it.

Severity has a colour *and* a rhythm, so that it can be told without seeing red from green:

- calm: off;
- amber: slow breaths;
- red: two soft pulses and a rest;
- a fault: violet, as many short blinks as its code says, then a long rest.

Nothing alternates faster than 2 Hz (WCAG 2.1, 2.3.1 allows three flashes a second), and the light
begins to say something new at most once in three seconds.
"""

import math
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Protocol

from firmware_py.config import Light
from firmware_py.errors import DeskcueError
from firmware_py.types import Cue, Finding

Colour = tuple[float, float, float]
"""Red, green and blue, 0 to 1 each."""

CHANGE_S: Final = 3.0
"""Least seconds between two beginnings of something that the light says."""
PATIENCE_S: Final = 5.0
"""A cue that could not be shown for so many seconds comes too late and is let go."""
_FRAMES_PER_SECOND: Final = 25


class Fault(IntEnum):
    """What is wrong with the device, as a number of blinks; the lowest is shown first."""

    MICROPHONE = 1
    MODEL = 2
    DISK = 3
    DETECTOR = 4
    RULEBOOK = 5


@dataclass(frozen=True, slots=True)
class Pattern:
    """One thing that the light can say."""

    name: str
    colour: Colour
    pulse_s: float
    """Seconds of one soft pulse, from dark to dark."""
    pulses: int
    """Pulses in a row."""
    rest_s: float
    """Seconds of dark after them."""
    rounds: int
    """How often it is repeated before the light is calm again; 0: until told otherwise."""

    @property
    def round_s(self) -> float:
        """Seconds of one round."""
        return self.pulses * self.pulse_s + self.rest_s

    def brightness(self, seconds: float) -> float:
        """Brightness, 0 to 1, so many seconds after it began."""
        within = seconds % self.round_s
        if within >= self.pulses * self.pulse_s:
            return 0.0
        return math.sin(math.pi * within / self.pulse_s) ** 2


CALM: Final = Pattern("calm", (0.0, 0.0, 0.0), 1.0, 0, 1.0, 0)
AMBER: Final = Pattern("amber", (1.0, 0.45, 0.0), 2.5, 1, 0.5, 2)
RED: Final = Pattern("red", (1.0, 0.0, 0.0), 0.6, 2, 1.2, 3)
_SHOWN: Final = {Cue.AMBER: AMBER, Cue.RED: RED}
_RANK: Final = {CALM.name: 0, AMBER.name: 2, RED.name: 3}


def fault_pattern(fault: Fault) -> Pattern:
    """Pattern that tells a fault."""
    return Pattern(f"fault {fault.value}", (0.5, 0.0, 0.6), 0.6, fault.value, 3.0, 0)


def _rank(pattern: Pattern) -> int:
    return _RANK.get(pattern.name, 1)


class Glow:
    """What the light says at any second; a Sink for Findings.

    Seconds are those of the stream and never run back.
    """

    def __init__(self) -> None:
        """Begin calm."""
        self._pattern = CALM
        self._since = 0.0
        self._spoke = -CHANGE_S
        """When it last began to say something; that it falls dark in the end is part of that."""
        self._wanted: tuple[Pattern, float] | None = None
        """A cue that waits for its turn, and since when."""
        self._faults: set[Fault] = set()

    def accept(self, finding: Finding) -> None:
        """Show a Finding's cue, now or as soon as the light may change."""
        pattern = _SHOWN.get(finding.cue)
        if pattern is None:
            return
        self._advance(finding.at)
        waiting = _rank(self._wanted[0]) if self._wanted else 0
        if _rank(pattern) >= waiting:
            self._wanted = (pattern, finding.at)
        self._advance(finding.at)

    def fault(self, fault: Fault, *, present: bool = True) -> None:
        """Say that something is wrong with the device, or no longer."""
        if present:
            self._faults.add(fault)
        else:
            self._faults.discard(fault)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong, worst first."""
        return tuple(sorted(self._faults))

    def pattern(self, seconds: float) -> Pattern:
        """Pattern that is shown at a second of the stream."""
        self._advance(seconds)
        return self._pattern

    def at(self, seconds: float) -> Colour:
        """Colour at a second of the stream."""
        pattern = self.pattern(seconds)
        brightness = pattern.brightness(seconds - self._since)
        red, green, blue = pattern.colour
        return (red * brightness, green * brightness, blue * brightness)

    def _advance(self, now: float) -> None:
        """Change the pattern, if it is time for another."""
        if self._wanted and now - self._wanted[1] > PATIENCE_S:
            self._wanted = None
        if now - self._spoke < CHANGE_S:
            return
        resting = fault_pattern(min(self._faults)) if self._faults else CALM
        wanted = self._wanted[0] if self._wanted else resting
        over = self._over(now)
        if over or _rank(wanted) >= max(2, _rank(self._pattern)):
            self._wanted = None
            self._show(wanted, now)

    def _over(self, now: float) -> bool:
        pattern = self._pattern
        return not pattern.rounds or now - self._since >= pattern.rounds * pattern.round_s

    def _show(self, pattern: Pattern, now: float) -> None:
        if pattern != self._pattern or pattern.rounds:
            self._pattern, self._since = pattern, now
            if pattern is not CALM:
                self._spoke = now


class Led(Protocol):
    """A light that can be set."""

    def show(self, colour: Colour) -> None:
        """Shine so."""
        ...

    def close(self) -> None:
        """Go dark and give the pins back."""
        ...


class NoLed:
    """For a device without a light."""

    def show(self, colour: Colour) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


class GpioLed:
    """An LED on GPIO pins: three for RGB, or one for a single colour."""

    def __init__(self, light: Light) -> None:
        """Take the pins.

        Raises:
            DeskcueError: there is no GPIO here, or a pin cannot be had.
        """
        import gpiozero  # takes half a second and is not needed where nothing is wired

        pins = ", ".join(map(str, light.pins))
        make = gpiozero.RGBLED if len(light.pins) == 3 else gpiozero.PWMLED
        try:
            with warnings.catch_warnings():  # of every driver that does not fit; we say it below
                warnings.simplefilter("ignore", gpiozero.PinFactoryFallback)
                self._led = make(*light.pins, active_high=light.active_high)
        except gpiozero.BadPinFactory:
            raise DeskcueError(
                "no GPIO on this machine: set pins = [] under [light] in deskcue.toml, or"
                " GPIOZERO_PIN_FACTORY=mock to try without"
            ) from None
        except (gpiozero.GPIOZeroError, OSError, ValueError) as error:
            raise DeskcueError(
                f"cannot light pins {pins}: {error}; correct pins under [light] in deskcue.toml"
                " (BCM numbers)"
            ) from None
        self._single = len(light.pins) == 1
        self._brightness = light.brightness

    def show(self, colour: Colour) -> None:
        """Shine so; a single LED shows the strongest part."""
        # Eyes answer to the power of light, not to its amount: without this, soft is not soft.
        red, green, blue = ((self._brightness * part) ** 2.2 for part in colour)
        self._led.value = max(red, green, blue) if self._single else (red, green, blue)

    def close(self) -> None:
        """Go dark and give the pins back."""
        self._led.off()
        self._led.close()


def open_led(light: Light) -> Led:
    """Open the light that is wired.

    Raises:
        DeskcueError: the pins are neither three nor one nor none, or cannot be had.
    """
    if not light.pins:
        return NoLed()
    if len(light.pins) not in (1, 3):
        raise DeskcueError(
            f"{len(light.pins)} pins under [light] in deskcue.toml: give three (red, green, blue),"
            " one for a single LED, or none"
        )
    return GpioLed(light)


class Lamp:
    """Keeps an LED at what a Glow says, from a thread of its own."""

    def __init__(self, glow: Glow, led: Led, now: Callable[[], float]) -> None:
        """Prepare.

        Args:
            glow: what to say; from now on it belongs to the Lamp.
            led: where to say it.
            now: seconds of the stream by now, going on even while the sound has stopped.
        """
        self.problem = ""
        """Why it went dark, one line; empty while it works."""
        self._lock = threading.Lock()
        self._glow = glow
        self._led = led
        self._now = now
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lamp", daemon=True)

    def accept(self, finding: Finding) -> None:
        """Show a Finding's cue."""
        with self._lock:
            self._glow.accept(finding)

    def fault(self, fault: Fault, *, present: bool = True) -> None:
        """Say that something is wrong with the device, or no longer."""
        with self._lock:
            self._glow.fault(fault, present=present)

    def pattern(self, seconds: float) -> Pattern:
        """Pattern that is shown at a second of the stream."""
        with self._lock:
            return self._glow.pattern(seconds)

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
                colour = self._glow.at(self._now())
            if colour != shown:
                self._led.show(colour)
                shown = colour
