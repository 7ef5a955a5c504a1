"""Where the device touches the world: sound, light, disk, and signals of calls."""

from collections.abc import Callable
from dataclasses import dataclass

from firmware_py.calls.signals import CallSignalSource
from firmware_py.core.ports import Source
from firmware_py.device.baseline import BaselineStore
from firmware_py.device.site_settings import SiteSettings
from firmware_py.light.led import Led
from firmware_py.outbox.store import Outbox


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
