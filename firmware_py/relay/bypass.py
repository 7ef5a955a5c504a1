"""The bypass relay: without current it joins headset and computer past the device.

The pin carries pulses, not a level. A program that crashes or hangs leaves its pin as it was, but
its pulses end, and a monostable beside the relay (docs/hardware.md) lets it fall half a second
later. For the same reason nothing here runs in a thread of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from firmware_py.core.gpio import PinSetting, take_pin

BEAT_S: Final = 0.1
"""Seconds between two looks, each a half-wave of the pin while all is well."""
STEADY_BEATS: Final = 20
"""Looks in a row that must be good before the call is led through the device."""

_SETTING: Final = PinSetting(
    "bypass_gpio under [relay]", "leave bypass_gpio out under [relay]", "pulse"
)


class Pin(Protocol):
    """An output, as gpiozero has it."""

    def on(self) -> None:
        """Drive it high."""
        ...

    def off(self) -> None:
        """Drive it low."""
        ...

    def toggle(self) -> None:
        """Drive it the other way."""
        ...

    def close(self) -> None:
        """Give it back."""
        ...


def open_pin(number: int) -> Pin:
    """Take the pin, low.

    Raises:
        DeskcueError: there is no GPIO here, or the pin cannot be had.
    """

    def make(gpiozero: Any) -> Any:
        return gpiozero.DigitalOutputDevice(number, initial_value=False)

    pin: Pin = take_pin(number, _SETTING, make)
    return pin


@dataclass(slots=True)
class Bypass:
    """Leads the call through the device while sound is passed, past it otherwise."""

    pin: Pin
    passes: Callable[[], bool]
    """Whether sound was passed since the last call."""
    _good: int = field(init=False, default=0)

    @property
    def through(self) -> bool:
        """Whether the call is led through the device."""
        return self._good >= STEADY_BEATS

    def beat(self) -> None:
        """Look, and pulse if all is well; call it every ``BEAT_S``."""
        self._good = min(self._good + 1, STEADY_BEATS) if self.passes() else 0
        if self.through:
            self.pin.toggle()
        else:
            self.pin.off()

    def close(self) -> None:
        """Lead the call past the device, and give the pin back."""
        self.pin.off()
        self.pin.close()
