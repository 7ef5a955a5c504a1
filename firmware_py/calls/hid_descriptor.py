"""What a headset's HID report descriptor says of its call controls.

Report descriptors: Device Class Definition for HID 1.11, 6.2.2. Call controls: HID Usage Tables,
page 0x0B. How a bit is to be read: HID Usage Tables 3.4.1.2, On/Off Control.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Final

_TELEPHONY: Final = 0x0B
_LONG_ITEM: Final = 0xFE
_INPUT, _USAGE_PAGE, _REPORT_SIZE, _REPORT_ID, _REPORT_COUNT = 0x80, 0x04, 0x74, 0x84, 0x94
_PUSH, _POP, _USAGE, _USAGE_MIN, _USAGE_MAX = 0xA4, 0xB4, 0x08, 0x18, 0x28
_MAIN_TYPE: Final = 0x00
_VARIABLE: Final = 0x02
_RELATIVE: Final = 0x04
_NO_PREFERRED: Final = 0x20
_MOST_USAGES: Final = 4096
"""Of one main item; a descriptor that has more takes no more memory."""


class Usage(IntEnum):
    """Call controls, numbered as on the telephony page."""

    HOOK_SWITCH = 0x20
    FLASH = 0x21
    PHONE_MUTE = 0x2F


@dataclass(frozen=True, slots=True)
class Control:
    """Where a call control stands in a report, and what its bit means."""

    report: int
    """Id that a report begins with; 0: reports have none."""
    bit: int
    """Place of the bit, after the id."""
    toggles: bool = False
    """Whether a 1 changes the state (a button), instead of being the state (a switch)."""

    def read(self, report: bytes) -> bool | None:
        """The bit in a report; None: it is another report."""
        body = report
        if self.report:
            if not report or report[0] != self.report:
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


def find_controls(descriptor: bytes) -> Mapping[Usage, Control]:
    """Find the call controls that are bits of their own; the first of each counts."""
    parser = _Parser()
    for tag, value, size in _items(descriptor):
        parser.take(tag, value, size)
    return parser.found


@dataclass(slots=True)
class _Parser:
    """Takes item after item."""

    found: dict[Usage, Control] = field(default_factory=dict)
    _global: _Global = field(default_factory=_Global)
    _stack: list[_Global] = field(default_factory=list)
    _usages: list[tuple[int, int]] = field(default_factory=list)
    """Page and number of those that the next main item has."""
    _least: int = 0
    _ends: dict[int, int] = field(default_factory=dict)
    """Report -> bits that its input items have taken."""

    def take(self, tag: int, value: int, size: int) -> None:
        page, number = (value >> 16, value & 0xFFFF) if size == 4 else (0, value)
        page = page or self._global.page
        if tag == _USAGE:
            self._usages.append((page, number))
        elif tag == _USAGE_MIN:
            self._least = number
        elif tag == _USAGE_MAX:
            room = _MOST_USAGES - len(self._usages)
            self._usages += [(page, one) for one in range(self._least, min(number, 0xFF) + 1)][
                :room
            ]
        elif tag == _PUSH:
            self._stack.append(self._global)
        elif tag == _POP and self._stack:
            self._global = self._stack.pop()
        elif tag in _KEYS:
            self._global = replace(self._global, **{_KEYS[tag]: value})
        elif tag & 0x0C == _MAIN_TYPE:
            self._main(tag, value)

    def _main(self, tag: int, flags: int) -> None:
        now = self._global
        if tag == _INPUT:
            start = self._ends.get(now.report, 0)
            self._ends[now.report] = start + now.size * now.count
            # Makers that declare their buttons constant (Anker, Razer) report them all the same.
            if now.size == 1 and flags & _VARIABLE:
                self._bits(start, flags)
        self._usages, self._least = [], 0

    def _bits(self, start: int, flags: int) -> None:
        for place, (page, number) in enumerate(self._usages[: self._global.count]):
            if page == _TELEPHONY and number in {*Usage}:
                usage = Usage(number)
                toggles = _is_button(usage, flags)
                self.found.setdefault(usage, Control(self._global.report, start + place, toggles))


def _is_button(usage: Usage, flags: int) -> bool:
    """Whether a 1 changes the state: relative, or absolute and falling back to a preferred state.

    Many a hook switch is declared without "no preferred state" though it tells a state; of mute,
    which headsets report as 1 and at once 0, the letter holds.
    """
    springs_back = usage is Usage.PHONE_MUTE and not flags & _NO_PREFERRED
    return bool(flags & _RELATIVE) or springs_back


_KEYS: Final = {
    _USAGE_PAGE: "page",
    _REPORT_SIZE: "size",
    _REPORT_COUNT: "count",
    _REPORT_ID: "report",
}


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
