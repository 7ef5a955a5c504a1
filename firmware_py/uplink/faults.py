"""Everything that is wrong with the device, as far as the uplink can tell."""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from firmware_py.contract.payloads import FaultReport, utc
from firmware_py.core.access import nearest
from firmware_py.core.clock import SystemClock
from firmware_py.outbox.store import Outbox
from firmware_py.uplink.machine_load import CpuShare, temperature_c

EAR_SILENT_S: Final = 90.0
"""An ear that has said nothing for longer is a fault; it speaks every 30 s."""
EAR_GONE_S: Final = 10.0
"""An ear that is gone for longer, not just restarting, is a fault."""
LEAST_MB: Final = 5
"""Less free disk than this is a fault."""


_SILENT: Final = (
    f"the ear has given no sign of life for more than {EAR_SILENT_S:.0f} s; see"
    " systemctl status deskcue-ear"
)
_GONE: Final = "the ear does not run; see systemctl status deskcue-ear"
_UNSET: Final = (
    "the clock was not set: no time server has answered since the start; check the network and"
    " systemctl status systemd-timesyncd"
)


class UplinkFault(StrEnum):
    """Codes of what the uplink finds; the ear's own come on top."""

    EAR = "ear"
    """The ear gives no sign of life."""
    DISK = "disk"
    DENIED = "denied"
    """The broker denies a topic."""
    REFUSED = "refused"
    """Events are in quarantine."""
    CLOCK = "clock"
    """The clock was not set."""


@dataclass(slots=True)
class Machine:
    """What the uplink sees of the machine; tests see another."""

    monotonic: Callable[[], float] = time.monotonic
    """Seconds since the machine started."""
    now: Callable[[], float] = time.time
    """Seconds since the epoch."""
    clock_is_set: Callable[[], bool] = field(default_factory=lambda: SystemClock().is_set)
    ear_runs: Callable[[], bool | None] = lambda: None
    """Whether there is an ear at all; None: nobody knows."""
    cpu: Callable[[], float | None] = field(default_factory=CpuShare)
    """Share of the cores' time that was busy since the last call, 0 to 1."""
    temperature_c: Callable[[], float | None] = temperature_c
    """Of the processor."""


def ear_age(ear: Mapping[str, Any] | None, now: float, watching: float) -> float:
    """Seconds since the ear last gave a sign of life, however the wall clock was set.

    Args:
        ear: its last status; None before the first.
        now: uptime of the machine, in seconds.
        watching: uptime at which somebody began to wait for the ear.
    """
    uptime = None if ear is None else ear.get("uptime_s")
    if uptime is None:
        return now - watching
    return float(now - uptime if uptime <= now else now)  # it is from before the last boot


class FaultWatch:
    """Gathers what is wrong, and since when."""

    def __init__(self, outbox: Outbox, machine: Machine) -> None:
        """Watch the ear through this outbox, and the disk that it lies on."""
        self._outbox, self._machine = outbox, machine
        self._watching = machine.monotonic()
        self._gone: float | None = None
        """Uptime since which no ear has run, as far as is known."""
        self._first = True
        self._since: dict[str, str] = {}

    def age(self, ear: Mapping[str, Any] | None) -> float:
        """Seconds since the ear's last sign of life."""
        return ear_age(ear, self._machine.monotonic(), self._watching)

    def _silent(self, age: float) -> str:
        """What is wrong with the ear, one line."""
        now = self._machine.monotonic()
        if self._machine.ear_runs() is False:
            # One that was gone before the uplink came gave its last sign at the latest then.
            since = now - age if self._first else now
            self._gone = since if self._gone is None else self._gone
        else:
            self._gone = None
        self._first = False
        if self._gone is not None and now - self._gone > EAR_GONE_S:
            return _GONE
        return _SILENT if age > EAR_SILENT_S else ""

    def look(
        self, ear: Mapping[str, Any] | None, own: Mapping[UplinkFault, str]
    ) -> tuple[FaultReport, ...]:
        """What is wrong now.

        Args:
            ear: status of the ear.
            own: what the uplink itself met with; an empty line is nothing.
        """
        found = {one["code"]: FaultReport(**one) for one in (ear or {}).get("faults", ())}
        for code, line in {**self._machine_faults(ear), **own}.items():
            if line:
                found.setdefault(str(code), FaultReport(str(code), line))
        now = utc(self._machine.now())
        self._since = {code: self._since.get(code, now) for code in found}
        return tuple(
            FaultReport(code, one.line, one.since or self._since[code])
            for code, one in sorted(found.items())
        )

    def _machine_faults(self, ear: Mapping[str, Any] | None) -> dict[UplinkFault, str]:
        disk, age = self._disk(), self.age(ear)
        ear_line = self._silent(age)
        if disk and ear_line == _SILENT:
            ear_line = ""  # an ear that cannot write cannot give a sign of life either
        return {
            UplinkFault.DISK: disk,
            UplinkFault.EAR: ear_line,
            UplinkFault.CLOCK: "" if self._machine.clock_is_set() else _UNSET,
        }

    def _disk(self) -> str:
        if self._outbox.problem:
            return self._outbox.problem
        folder = nearest(self._outbox.path.parent)
        try:
            disk = os.statvfs(folder)
        except OSError as error:
            return f"{folder} cannot be looked at ({error.strerror}); check the disk"
        free_mb = disk.f_bavail * disk.f_frsize / 1e6
        if free_mb < LEAST_MB:
            return f"only {free_mb:.0f} MB are free under {folder}; free some space"
        return ""
