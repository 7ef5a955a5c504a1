"""The LED on its pins (gpiozero), or none."""

import warnings
from typing import Protocol

from firmware_py.core.errors import DeskcueError
from firmware_py.light.pattern import Colour
from firmware_py.settings.config import Light


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
