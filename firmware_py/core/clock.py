"""Wall-clock time, at the one place where it enters."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

OLDEST: Final = 1_577_836_800.0
"""2020-01-01: a clock that says less was never set."""
_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
_TIMESYNC: Final = Path("/run/systemd/timesync")
"""Folder of systemd-timesyncd; it holds ``synchronized`` once a server has answered."""
_RTC: Final = Path("/sys/class/rtc/rtc0/since_epoch")
"""Seconds that the clock with the battery tells."""


@dataclass(frozen=True, slots=True)
class Epoch:
    """What the wall clock counts from."""

    boot: str
    """Id of the boot of the machine."""
    began: float
    """Seconds since the epoch at which its uptime was 0, as the clock says."""


def machine_epoch() -> Epoch:
    """What this machine's clock counts from now."""
    return Epoch(_boot(), time.time() - time.monotonic())


@cache
def _boot() -> str:
    try:
        return _BOOT_ID.read_text("ascii").strip()
    except OSError:  # hidden by a sandbox: no other process shall take it for its own boot
        return str(uuid.uuid4())


def clock_is_set(now: float, timesync: Path = _TIMESYNC, rtc: Path = _RTC) -> bool:
    """Whether the wall clock can be believed.

    A Raspberry Pi without a battery starts with the time of its last shutdown, so a likely time
    is not enough: a time server has answered, or there is a clock with a battery, or time is kept
    by something else than systemd-timesyncd, which then must know.

    Args:
        now: what it says, seconds since the epoch.
        timesync: folder of systemd-timesyncd.
        rtc: file that tells the time of the clock with the battery.
    """
    if now < OLDEST:
        return False
    return (timesync / "synchronized").exists() or _battery(rtc) or not timesync.is_dir()


def _battery(rtc: Path) -> bool:
    try:
        return int(rtc.read_text("ascii")) >= OLDEST
    except (OSError, ValueError):
        return False


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def is_set(self) -> bool:
        """Whether it can be believed."""
        return clock_is_set(self.now())


class StreamTime:
    """Seconds of the stream by now, going on while no sound comes; never runs back."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Begin at second 0, now."""
        self._monotonic = monotonic
        self._zero = monotonic()
        self._last = 0.0

    def heard(self, at: float) -> None:
        """Note that second ``at`` of the stream is now."""
        self._zero = self._monotonic() - at

    def __call__(self) -> float:
        """Second that it is."""
        self._last = max(self._last, self._monotonic() - self._zero)
        return self._last
