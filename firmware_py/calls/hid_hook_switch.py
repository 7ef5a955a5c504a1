"""A headset's own call controls, where it speaks USB HID telephony; they are read, never written.

Off the hook is the start of a call, on the hook its end; mute is mute; flash in a call is hold, and
flash again takes it back. Kernel and udev give descriptor and reports as hidraw nodes. Tried with
the report descriptors of real headsets, not yet with one plugged in: see ``docs/hardware.md``.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from firmware_py.calls.hid_descriptor import Control, Usage, find_controls
from firmware_py.calls.signals import CallAction, CallSignal

NODES: Final = Path("/dev")
DESCRIPTORS: Final = Path("/sys/class/hidraw")

_LOOK_EVERY: Final = 16
"""Looks for new headsets at every so many calls of ``poll``: about once a second."""
_LONGEST: Final = 64
"""Bytes of a report; USB full speed gives no more."""


@dataclass(slots=True)
class Headset:
    """What one headset's controls have said so far."""

    controls: Mapping[Usage, Control]
    _bits: dict[Usage, bool] = field(init=False, default_factory=dict)
    """Each control's bit in the last report that held it."""
    _muted: bool = field(init=False, default=False)
    _held: bool = field(init=False, default=False)

    def hear(self, report: bytes) -> Iterator[CallAction]:
        """Take a report; say what it changes."""
        for usage, control in sorted(self.controls.items()):
            bit = control.read(report)
            if bit is None or bit is self._bits.get(usage, False):
                continue
            self._bits[usage] = bit
            yield from self._turned(usage, control, on=bit)

    def _turned(self, usage: Usage, control: Control, *, on: bool) -> Iterator[CallAction]:
        match usage:
            case Usage.HOOK_SWITCH if not control.toggles:  # a button tells no state
                self._muted = self._held = False
                yield CallAction.START if on else CallAction.END
            case Usage.PHONE_MUTE if on or not control.toggles:
                self._muted = not self._muted if control.toggles else on
                yield CallAction.MUTE if self._muted else CallAction.UNMUTE
            case Usage.FLASH if on:
                self._held = not self._held
                yield CallAction.HOLD if self._held else CallAction.RESUME


class HidHookSwitch:
    """The call controls of all headsets that have some, come and go as they may; never waits."""

    def __init__(self, nodes: Path = NODES, descriptors: Path = DESCRIPTORS) -> None:
        """Look for headsets from now on."""
        self._nodes, self._descriptors = nodes, descriptors
        self._open: dict[str, tuple[int, Headset]] = {}
        self._calls = 0

    def poll(self) -> list[CallSignal]:
        """What the headsets reported since the last look."""
        if self._calls % _LOOK_EVERY == 0:
            self._look()
        self._calls += 1
        return [signal for name in [*self._open] for signal in self._read(name)]

    def close(self) -> None:
        """Let the headsets go."""
        for name in [*self._open]:
            self._lose(name)

    def _look(self) -> None:
        for folder in sorted(self._descriptors.glob("hidraw*")):
            if folder.name in self._open:
                continue
            try:
                controls = find_controls((folder / "device" / "report_descriptor").read_bytes())
                if controls:
                    node = os.open(self._nodes / folder.name, os.O_RDONLY | os.O_NONBLOCK)
                    self._open[folder.name] = node, Headset(controls)
            except OSError:  # not ours to read, or just unplugged
                continue

    def _read(self, name: str) -> Iterator[CallSignal]:
        node, headset = self._open[name]
        while True:
            try:
                report = os.read(node, _LONGEST)
            except BlockingIOError:
                return
            except OSError:
                self._lose(name)
                return
            if not report:
                return
            yield from map(CallSignal, headset.hear(report))

    def _lose(self, name: str) -> None:
        os.close(self._open.pop(name)[0])
