"""The headset's hook switch, where it speaks USB HID telephony (HID Usage Tables, page 0x0B).

The report descriptor says which bit of which report the switch is; the kernel's hidraw nodes give
descriptor and reports. Off the hook is the start of a call, on the hook its end. Not met with real
hardware yet: see ``docs/deploying.md``.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from firmware_py.calls.signals import CallAction, CallSignal

NODES: Final = Path("/dev")
DESCRIPTORS: Final = Path("/sys/class/hidraw")

_LOOK_EVERY: Final = 16
"""Looks for new headsets at every so many calls of ``poll``: about once a second."""
_TELEPHONY: Final = 0x0B
_HOOK_SWITCH: Final = 0x20
_LONGEST: Final = 64
"""Bytes of a report; USB full speed gives no more."""
_LONG_ITEM: Final = 0xFE
_INPUT, _USAGE_PAGE, _REPORT_SIZE, _REPORT_ID, _REPORT_COUNT = 0x80, 0x04, 0x74, 0x84, 0x94
_PUSH, _POP, _USAGE, _USAGE_MIN, _USAGE_MAX = 0xA4, 0xB4, 0x08, 0x18, 0x28
_MAIN_TYPE: Final = 0x00
_RELATIVE: Final = 0x04


@dataclass(frozen=True, slots=True)
class Switch:
    """Where the hook switch stands in a report."""

    report: int
    """Id that a report begins with; 0: reports have none."""
    bit: int
    """Place of the bit, after the id."""

    def off_hook(self, report: bytes) -> bool | None:
        """Whether a report says that the call is on; None: it is another report."""
        body = report
        if self.report:
            if report[:1] != bytes([self.report]):
                return None
            body = report[1:]
        byte, bit = divmod(self.bit, 8)
        return bool(body[byte] >> bit & 1) if byte < len(body) else None


@dataclass(frozen=True, slots=True)
class _Global:
    """State that lasts from item to item."""

    page: int = 0
    size: int = 0
    count: int = 0
    report: int = 0


def find_switch(descriptor: bytes) -> Switch | None:
    """Find the hook switch in a report descriptor (Device Class Definition for HID 1.11, 6.2.2).

    A switch that reports only its changes (relative, a momentary button) reports no state: None.
    """
    state, stack = _Global(), list[_Global]()
    usages: list[tuple[int, int]] = []
    least = 0
    ends: dict[int, int] = {}
    for tag, value, size in _items(descriptor):
        usage = (value >> 16 or state.page, value & 0xFFFF) if size == 4 else (state.page, value)
        if tag == _USAGE:
            usages.append(usage)
        elif tag == _USAGE_MIN:
            least = usage[1]
        elif tag == _USAGE_MAX:
            usages += [(usage[0], number) for number in range(least, min(usage[1], 0xFF) + 1)]
        elif tag == _PUSH:
            stack.append(state)
        elif tag == _POP and stack:
            state = stack.pop()
        elif tag == _INPUT:
            start = ends.get(state.report, 0)
            ends[state.report] = start + state.size * state.count
            at = usages.index(_WANTED) if _WANTED in usages[: state.count] else None
            if at is not None and state.size == 1 and not value & _RELATIVE:
                return Switch(state.report, start + at)
        else:
            state = _changed(state, tag, value)
        if tag & 0x0C == _MAIN_TYPE:
            usages, least = [], 0
    return None


_WANTED: Final = (_TELEPHONY, _HOOK_SWITCH)
_KEYS: Final = {
    _USAGE_PAGE: "page",
    _REPORT_SIZE: "size",
    _REPORT_COUNT: "count",
    _REPORT_ID: "report",
}


def _changed(state: _Global, tag: int, value: int) -> _Global:
    return replace(state, **{_KEYS[tag]: value}) if tag in _KEYS else state


def _items(descriptor: bytes) -> Iterator[tuple[int, int, int]]:
    """Tag with type, value and size of every short item."""
    at = 0
    while at < len(descriptor):
        prefix = descriptor[at]
        if prefix == _LONG_ITEM:
            at += 3 + int.from_bytes(descriptor[at + 1 : at + 2], "little")
            continue
        size = (0, 1, 2, 4)[prefix & 3]
        value = int.from_bytes(descriptor[at + 1 : at + 1 + size], "little")
        yield prefix & 0xFC, value, size
        at += 1 + size


class HidHookSwitch:
    """The hook switches of all headsets that have one, come and go as they may; never waits."""

    def __init__(self, nodes: Path = NODES, descriptors: Path = DESCRIPTORS) -> None:
        """Look for headsets from now on."""
        self._nodes, self._descriptors = nodes, descriptors
        self._open: dict[str, tuple[int, Switch]] = {}
        self._off_hook: dict[str, bool] = {}
        self._calls = 0

    def poll(self) -> list[CallSignal]:
        """What the switches reported since the last look."""
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
                switch = find_switch((folder / "device" / "report_descriptor").read_bytes())
                if switch:
                    node = os.open(self._nodes / folder.name, os.O_RDONLY | os.O_NONBLOCK)
                    self._open[folder.name] = node, switch
            except OSError:  # not ours to read, or just unplugged
                continue

    def _read(self, name: str) -> Iterator[CallSignal]:
        node, switch = self._open[name]
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
            off = switch.off_hook(report)
            if off is not None and off is not self._off_hook.get(name, False):
                self._off_hook[name] = off
                yield CallSignal(CallAction.START if off else CallAction.END)

    def _lose(self, name: str) -> None:
        os.close(self._open.pop(name)[0])
        self._off_hook.pop(name, None)
