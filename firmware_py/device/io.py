"""Where the device touches the world: sound, light, disk, and signals of calls."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from firmware_py.calls.signals import CallSignalSource
from firmware_py.core.ports import Source
from firmware_py.device.baseline import BaselineStore
from firmware_py.device.site_settings import SiteSettings
from firmware_py.light.led import Led
from firmware_py.outbox.store import Outbox


class LiveSource(Source, Protocol):
    """A Source that knows why no sound comes."""

    @property
    def problem(self) -> str:
        """One line; empty while sound flows."""
        ...

    @property
    def behind_s(self) -> float:
        """Seconds of sound that wait unheard."""
        ...

    def patience(self, *, on: bool) -> None:
        """Give longer Blocks from here on, or short ones again."""
        ...


@dataclass(frozen=True, slots=True)
class DeviceIO:
    """Where the device touches the world."""

    source: Source
    led: Led
    outbox: Outbox
    calls: CallSignalSource | None = None
    """Signals of the phone system or a headset; None: calls are only inferred."""
    baseline: BaselineStore | None = None
    """Where the agent's usual voice is kept over a restart; None: it is learnt again."""
    clock_is_set: Callable[[], bool] = lambda: True
    """Whether the wall clock can be believed."""
    site: SiteSettings | None = None
    """What the site sets on this desk; None: its own file is all."""
    dim: Callable[[float], None] = lambda _brightness: None
    """Sets the light's brightness, 0 to 1."""

    @property
    def behind_s(self) -> float:
        """Seconds of sound that wait unheard."""
        return float(getattr(self.source, "behind_s", 0.0))

    def patience(self, *, on: bool) -> None:
        """Let Blocks be longer from here on, or short again; a file gives its own."""
        if patience := getattr(self.source, "patience", None):
            patience(on=on)
