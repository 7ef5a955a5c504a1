"""The machine that the device runs on: its power, its clock, the relay beside it."""

from collections.abc import Callable
from typing import Final

from firmware_py.core.errors import DeskcueError
from firmware_py.core.programs import ask
from firmware_py.settings.config import RelayMode

RELAY: Final = ("deskcue-relay.service", "deskcue-relay-policy.service")

_NOW: Final = {
    0: "the voltage is too low: use the Pi's own power supply and a short cable",
    1: "the processor is slowed down: look at cooling and power",
    2: "the processor is throttled: look at cooling and power",
    3: "the processor is near its limit of heat: look at its cooling",
}
"""Bit of ``vcgencmd get_throttled`` -> what it means (Raspberry Pi documentation, vcgencmd)."""
_SINCE_BOOT: Final = 16
"""The same bits, so many places up, say that it was so since the boot."""


def power(ask: Callable[..., str] = ask) -> str:
    """Say how a Pi's power and cooling do.

    Raises:
        DeskcueError: it is, or was since the boot, too low on power or too hot.
    """
    said = ask("vcgencmd", "get_throttled").removeprefix("throttled=")
    if not said:
        return "no Pi, or its firmware does not say"
    try:
        bits = int(said, 16)
    except ValueError:
        return "this firmware does not say"
    now = [text for bit, text in _NOW.items() if bits >> bit & 1]
    before = [text for bit, text in _NOW.items() if bits >> (bit + _SINCE_BOOT) & 1]
    if now:
        raise DeskcueError(f"{now[0]} ({said})")
    if before:
        raise DeskcueError(f"since the boot it happened that {before[0]} ({said})")
    return "voltage and temperature are well"


def clock(ask: Callable[..., str] = ask) -> str:
    """Say whether the clock is set from the network.

    Raises:
        DeskcueError: it is not, so events would carry a wrong time.
    """
    said = ask("timedatectl", "show", "-P", "NTPSynchronized")
    if said == "no":
        raise DeskcueError(
            "the clock is not set from the network, so events may carry a wrong time:"
            " timedatectl set-ntp true; is a time server reachable?"
        )
    return "set from the network" if said == "yes" else "nothing says how it is set"


def relay(mode: RelayMode, ask: Callable[..., str] = ask) -> str:
    """Say whether sound is passed.

    Raises:
        DeskcueError: there should be a relay and it does not run.
    """
    if mode is RelayMode.TAP:
        return "none: a tap beside the call"
    for unit in RELAY:
        if ask("systemctl", "is-active", unit) != "active":
            raise DeskcueError(
                f"{unit} does not run, so no sound is passed: systemctl status {unit}; was it set"
                " up (deskcue setup audio)?"
            )
    return f"{mode}: PipeWire and its policy run"
