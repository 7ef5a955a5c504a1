"""Taking a GPIO pin, and saying in one line why it cannot be had."""

import contextlib
import importlib
import os
import sys
import tempfile
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


def import_lgpio() -> None:
    """Import gpiozero's usual driver, where it is installed, from a folder that may be written.

    It lays a pipe into the working directory and leaves it there; where that is forbidden, it
    cannot be imported at all. A service names a place of its own (LG_WD). The directory changes
    for a moment: call it before other threads begin.
    """
    chosen = os.environ.get("GPIOZERO_PIN_FACTORY", "lgpio")
    if chosen != "lgpio" or "LG_WD" in os.environ or "lgpio" in sys.modules:
        return
    here = os.open(".", os.O_PATH)
    # Without it gpiozero says what is missing; without a place for the pipe lgpio does.
    with contextlib.suppress(ImportError, OSError), tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            importlib.import_module("lgpio")
        finally:
            os.fchdir(here)
    os.close(here)


def take_pin(pin: int, setting: PinSetting, make: Callable[[Any], Any]) -> Any:
    """Let ``make`` open a pin by the gpiozero that it is given.

    Raises:
        DeskcueError: there is no GPIO here, or the pin cannot be had.
    """
    import_lgpio()
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
