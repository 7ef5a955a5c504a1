"""Play a bundled two-sided call through the device and look at it work.

A call of a minute goes through the same chain as a live one: the light shines (on GPIO where there
is one, else on the terminal), events go to an outbox on disk and from there to a real MQTT broker
on this machine, which is stopped again at the end.
"""

import contextlib
import logging
import tempfile
import threading
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Final

from firmware_py.audio.file import FileSource
from firmware_py.commands import language_argument, profile_argument
from firmware_py.commands.live import Show
from firmware_py.core.console import Console
from firmware_py.core.errors import DeskcueError
from firmware_py.core.log import start_logging
from firmware_py.core.ports import Source
from firmware_py.demo.broker import HOST, Arrivals, local_broker
from firmware_py.device.io import DeviceIO
from firmware_py.device.runtime import Device
from firmware_py.light.led import Led, NoLed, open_led
from firmware_py.light.watched_led import WatchedLed
from firmware_py.outbox.store import Outbox
from firmware_py.settings.config import Broker, Config, Desk
from firmware_py.uplink.publisher import Uplink

CALL: Final = Path(str(resources.files("firmware_py.demo").joinpath("call.ogg")))
HOUR: Final = 14
"""The bundled agent says good afternoon."""
_ARRIVAL_S: Final = 5.0


class _Afternoon:
    """A clock that began this afternoon."""

    def __init__(self) -> None:
        now = datetime.now()
        self._ahead = now.replace(hour=HOUR, minute=0, second=0).timestamp() - now.timestamp()

    def now(self) -> float:
        return time.time() + self._ahead


@dataclass(frozen=True, slots=True)
class Stage:
    """What a demo plays on: an outbox on disk and, where there is one, a broker of its own."""

    config: Config
    outbox: Outbox
    arrivals: Arrivals | None

    def device(self, source: Source, language: str) -> tuple[Device, Show]:
        """A device that hears this source, and its view."""
        led = WatchedLed(_led(self.config))
        ends = DeviceIO(source, led, self.outbox)
        device = Device(self.config, ends, _Afternoon(), language=language, live=False)
        return device, Show(device, led, self.outbox, language, self._arrived)

    def _arrived(self) -> Mapping[str, int] | None:
        return self.arrivals.by_kind if self.arrivals else None

    def wait_for_arrivals(self) -> None:
        """Wait until the broker has everything, but not for ever."""
        until = time.monotonic() + _ARRIVAL_S
        while self.arrivals and self.outbox.counts().pending and time.monotonic() < until:
            time.sleep(0.05)


@contextlib.contextmanager
def stage(folder: Path, rulebook: str = Config().rulebook) -> Iterator[Stage]:
    """Set up a stage that keeps its outbox in a folder, and clear it away."""
    with contextlib.ExitStack() as ends:
        port = ends.enter_context(local_broker())
        config = Config(
            desk=Desk("demo", "1", "1"),
            broker=Broker(host=HOST, port=port or 1883),
            rulebook=rulebook,
            outbox=replace(Config().outbox, path=folder / "outbox.db"),
        )
        outbox = Outbox(config.outbox.path, config.outbox.max_events)
        ends.callback(outbox.close)
        arrivals = None
        if port:
            arrivals = Arrivals(port)
            ends.callback(arrivals.close)
            ends.enter_context(_posting(config, outbox))
        yield Stage(config, outbox, arrivals)


def arguments(parser: ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("--fast", action="store_true", help="as fast as it can be heard")
    profile_argument(parser)
    language_argument(parser)


def main(args: Namespace) -> int:
    """Play it."""
    console = Console()
    start_logging(logging.WARNING)
    source = FileSource(CALL, realtime=not args.fast)
    rulebook = args.profile or Config().rulebook
    with (
        tempfile.TemporaryDirectory(prefix="deskcue-") as folder,
        stage(Path(folder), rulebook) as on,
    ):
        _device, show = on.device(source, args.lang)
        found = show.run(console)
        on.wait_for_arrivals()
        _say_where_they_went(console, on, len(found))
    return 0


def _led(config: Config) -> Led:
    try:
        return open_led(config.light)
    except DeskcueError:  # no GPIO here: the view shows the light
        return NoLed()


@contextlib.contextmanager
def _posting(config: Config, outbox: Outbox) -> Iterator[None]:
    """Send events from a thread, as the uplink does from its own process."""
    stop = threading.Event()
    worker = threading.Thread(target=Uplink(config, outbox).run, args=(stop,))
    worker.start()
    try:
        yield
    finally:
        stop.set()
        worker.join()


def _say_where_they_went(console: Console, on: Stage, found: int) -> None:
    counts = on.outbox.counts()
    where = (
        f"{counts.sent} acknowledged by a real MQTT broker, {on.arrivals.by_kind.total()} handed on"
        if on.arrivals
        else "no mosquitto on this machine, so they stayed on disk"
    )
    console.print(
        f"{found} findings; {counts.pending + counts.sent} events on disk; {where}.",
        highlight=False,
        soft_wrap=True,
    )
