"""A light whose colour can be asked for."""

from firmware_py.light.led import Led
from firmware_py.light.pattern import Colour


class WatchedLed:
    """Passes on what a light shows, and remembers it for the view."""

    def __init__(self, led: Led) -> None:
        """Watch this one."""
        self._led = led
        self.colour: Colour = (0.0, 0.0, 0.0)

    def show(self, colour: Colour) -> None:
        """Shine so."""
        self.colour = colour
        self._led.show(colour)

    def close(self) -> None:
        """Go dark."""
        self.colour = (0.0, 0.0, 0.0)
        self._led.close()
