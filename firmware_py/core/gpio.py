"""Taking a GPIO pin, and saying in one line why it cannot be had."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from firmware_py.core.access import joining
from firmware_py.core.errors import DeskcueError


@dataclass(frozen=True, slots=True)
class PinSetting:
    """Where in deskcue.toml a pin stands, for messages."""

    key: str
    """Such as ``pins under [light]``."""
    off: str
    """What to do where nothing is wired."""
    purpose: str
    """What the pin does, as a verb: ``light``."""


def take_pin(pin: int, setting: PinSetting, make: Callable[[Any], Any]) -> Any:
    """Let ``make`` open a pin by the gpiozero that it is given.

    Raises:
        DeskcueError: there is no GPIO here, or the pin cannot be had.
    """
    import gpiozero  # takes half a second and is not needed where nothing is wired

    try:
        with warnings.catch_warnings():  # of every driver that does not fit; we say it below
            warnings.simplefilter("ignore", gpiozero.PinFactoryFallback)
            return make(gpiozero)
    except gpiozero.BadPinFactory:
        raise DeskcueError(
            f"no GPIO on this machine: {setting.off} in deskcue.toml, or"
            " GPIOZERO_PIN_FACTORY=mock to try without"
        ) from None
    except Exception as error:  # a driver's own errors share no class with gpiozero's
        raise DeskcueError(_why(pin, setting, error)) from None


def _why(pin: int, setting: PinSetting, error: Exception) -> str:
    said = str(error) or type(error).__name__
    if "busy" in said.lower():
        return (
            f"GPIO {pin} is in use by another program ({said}): stop that (gpioinfo names it), or"
            f" choose other {setting.key} in deskcue.toml"
        )
    if isinstance(error, PermissionError) or "gpiochip" in said:
        return (
            f"GPIO {pin} cannot be had ({said}): {joining('gpio')}; where nothing is wired,"
            f" {setting.off}"
        )
    return (
        f"cannot {setting.purpose} pin {pin}: {said}; correct {setting.key} in deskcue.toml"
        " (BCM numbers)"
    )
