"""How busy and how warm the machine is, for health."""

from pathlib import Path
from typing import Final

_STAT: Final = Path("/proc/stat")
_THERMAL: Final = Path("/sys/class/thermal")
_PROCESSOR: Final = ("cpu", "soc", "x86_pkg")
"""Beginnings of the names that thermal zones of processors have; ``cpu-thermal`` on a Pi."""


class CpuShare:
    """Share of all cores' time that was busy since the last call (proc(5), /proc/stat)."""

    def __init__(self, stat: Path = _STAT) -> None:
        """Begin to count."""
        self._stat = stat
        self._before = self._times()

    def __call__(self) -> float | None:
        """Give the share, 0 to 1; None where the system does not say."""
        before, now = self._before, self._times()
        self._before = now
        if before is None or now is None or now[1] <= before[1]:
            return None
        idle = (now[0] - before[0]) / (now[1] - before[1])
        return round(min(1.0, max(0.0, 1.0 - idle)), 3)

    def _times(self) -> tuple[int, int] | None:
        """Idle time, waiting for a disk included, and all time, in ticks."""
        try:
            first = self._stat.read_text("ascii").splitlines()[0].split()
            ticks = [int(word) for word in first[1:9]]
            return ticks[3] + ticks[4], sum(ticks)
        except (OSError, ValueError, IndexError):
            return None


def temperature_c(thermal: Path = _THERMAL) -> float | None:
    """Temperature of the processor in °C, the hottest of its zones; None where nothing says."""
    found = [one for zone in thermal.glob("thermal_zone*") if (one := _zone(zone)) is not None]
    return round(max(found), 1) if found else None


def _zone(zone: Path) -> float | None:
    try:
        name = (zone / "type").read_text("ascii").strip().lower()
        if name.startswith(_PROCESSOR):
            return int((zone / "temp").read_text("ascii")) / 1000
    except (OSError, ValueError):
        pass
    return None
