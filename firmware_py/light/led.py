"""The LED on its pins (gpiozero), or none."""

import contextlib
from dataclasses import replace
from functools import partial
from typing import Any, Final, Protocol

from firmware_py.core.errors import DeskcueError
from firmware_py.core.gpio import PinSetting, import_lgpio, take_pin
from firmware_py.light.pattern import Colour
from firmware_py.settings.config import Light

_SETTING: Final = PinSetting("pins under [light]", "set pins = [] under [light]", "light")


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
        self._brightness = light.brightness
        self._leds: list[Any] = []
        try:
            for pin in light.pins:
                self._leds.append(take_pin(pin, _SETTING, partial(_pwm_led, light, pin)))
        except DeskcueError:
            self.close()
            raise

    def show(self, colour: Colour) -> None:
        """Shine so; a single LED shows the strongest part."""
        # Eyes answer to the power of light, not to its amount: without this, soft is not soft.
        parts = [(self._brightness * part) ** 2.2 for part in colour]
        for led, part in zip(
            self._leds, parts if len(self._leds) > 1 else [max(parts)], strict=True
        ):
            led.value = part

    def dim(self, brightness: float) -> None:
        """Shine at most so brightly from the next colour on, 0 to 1."""
        self._brightness = brightness

    def close(self) -> None:
        """Go dark and give the pins back."""
        while self._leds:
            led = self._leds.pop()
            led.off()
            led.close()


def _pwm_led(light: Light, pin: int, gpiozero: Any) -> Any:
    return gpiozero.PWMLED(pin, active_high=light.active_high)


class ReopeningLed:
    """An LED that is opened once it has something to show, and again after it failed."""

    def __init__(self, light: Light) -> None:
        """Name it; nothing is opened yet."""
        if light.pins:
            import_lgpio()
        self._light = light
        self._led: Led | None = None

    def show(self, colour: Colour) -> None:
        """Shine so.

        Raises:
            DeskcueError: it cannot be opened; the next call tries again.
        """
        self._led = self._led or open_led(self._light)
        try:
            self._led.show(colour)
        except Exception:
            with contextlib.suppress(Exception):  # what fails to shine may fail to close, too
                self.close()
            raise

    def dim(self, brightness: float) -> None:
        """Shine at most so brightly from the next colour on, 0 to 1."""
        self._light = replace(self._light, brightness=brightness)
        if isinstance(self._led, GpioLed):
            self._led.dim(brightness)

    def close(self) -> None:
        """Go dark and give the pins back."""
        led, self._led = self._led, None
        if led:
            led.close()


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
