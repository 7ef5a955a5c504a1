"""Play a bundled two-sided call through the device and look at it work.

A call of a minute goes through the same chain as a live one: the light shines (on GPIO where there
is one, else on the terminal), events go to an outbox on disk and from there to a real MQTT broker
on this machine, which is stopped again at the end.
"""

import contextlib
import sys
import tempfile
import threading
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Final

from rich.console import Console

from firmware_py.audio.file import FileSource
from firmware_py.commands import language_argument, profile_argument
from firmware_py.commands.showing import Show, WatchedLed
from firmware_py.config import Broker, Config, Desk
from firmware_py.demo.broker import HOST, Arrivals, local_broker
from firmware_py.device import Device, Ends
from firmware_py.errors import DeskcueError
from firmware_py.out.light import Led, NoLed, open_led
from firmware_py.out.outbox import Outbox
from firmware_py.out.post import Post

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


def arguments(parser: ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("--fast", action="store_true", help="as fast as it can be heard")
    profile_argument(parser)
    language_argument(parser)


def main(chosen: Namespace) -> int:
    """Play it."""
    with tempfile.TemporaryDirectory(prefix="deskcue-") as folder, local_broker() as port:
        config = Config(
            desk=Desk("demo", "1", "1"),
            broker=Broker(host=HOST, port=port or 1883),
            rulebook=chosen.profile or Config().rulebook,
        )
        config = replace(config, outbox=replace(config.outbox, path=Path(folder) / "outbox.db"))
        outbox = Outbox(config.outbox.path, config.outbox.max_events)
        arrivals = Arrivals(port) if port else None
        try:
            with _posting(config, outbox) if port else contextlib.nullcontext():
                _play(config, outbox, arrivals, chosen)
        finally:
            if arrivals:
                arrivals.close()
            outbox.close()
    return 0


def _play(config: Config, outbox: Outbox, arrivals: Arrivals | None, chosen: Namespace) -> None:
    console = Console()
    led = WatchedLed(_led(config))
    call = Path(str(resources.files("firmware_py.demo").joinpath("call.ogg")))
    source = FileSource(call, realtime=not chosen.fast)
    device = Device(
        config,
        Ends(source, led, outbox),
        _Afternoon(),
        tell=lambda line: console.print(f"deskcue: {line}", highlight=False, soft_wrap=True),
        language=chosen.lang,
        live=False,
    )
    arrived = (lambda: arrivals.by_kind) if arrivals else (lambda: None)
    try:
        found = Show(device, led, outbox, chosen.lang, arrived).run(console)
    finally:
        source.close()
    _say_where_they_went(console, outbox, arrivals, len(found))


def _led(config: Config) -> Led:
    try:
        return open_led(config.light)
    except DeskcueError:  # no GPIO here: the view shows the light
        return NoLed()


@contextlib.contextmanager
def _posting(config: Config, outbox: Outbox) -> Iterator[None]:
    """Send events from a thread, as the post does from its own process."""
    stop = threading.Event()
    worker = threading.Thread(target=Post(config, outbox).run, args=(stop,))
    worker.start()
    try:
        yield
    finally:
        stop.set()
        worker.join()


def _say_where_they_went(
    console: Console, outbox: Outbox, arrivals: Arrivals | None, found: int
) -> None:
    until = time.monotonic() + _ARRIVAL_S
    while arrivals and outbox.counts().pending and time.monotonic() < until:
        time.sleep(0.05)
    counts = outbox.counts()
    where = (
        f"{counts.sent} acknowledged by a real MQTT broker, {arrivals.by_kind.total()} handed on"
        if arrivals
        else "no mosquitto on this machine, so they stayed on disk"
    )
    console.print(
        f"{found} findings; {found} events on disk; {where}.",
        highlight=False,
        soft_wrap=True,
    )
    sys.stdout.flush()
