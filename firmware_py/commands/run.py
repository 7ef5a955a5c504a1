"""Hear the live call: light the LED, write events to disk. Works until told to stop."""

import signal
import sys
from argparse import ArgumentParser, BooleanOptionalAction, Namespace
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from firmware_py.audio.tap import TapSource
from firmware_py.clock import SystemClock
from firmware_py.commands import language_argument, settings, settings_argument
from firmware_py.commands.showing import Show, WatchedLed
from firmware_py.device import Device, Ends
from firmware_py.hook import Hook
from firmware_py.memory import Memory
from firmware_py.out.light import open_led
from firmware_py.out.notify import notify
from firmware_py.out.outbox import Outbox
from firmware_py.telephony import SOCKET, Listener, Teller, Tellers

VOICE = "voice.json"
"""File beside the outbox that keeps the agent's usual voice."""


def arguments(parser: ArgumentParser) -> None:
    """Add what the command takes."""
    settings_argument(parser)
    parser.add_argument(
        "--wait", action="store_true", help="wait for a sound device that is not there yet"
    )
    parser.add_argument(
        "--view",
        action=BooleanOptionalAction,
        default=sys.stdout.isatty(),
        help="show the live view (default: on a terminal)",
    )
    parser.add_argument(
        "--socket",
        type=Path,
        metavar="PATH",
        help=f"where to listen for calls told (default: {SOCKET} if its folder is there)",
    )
    language_argument(parser)


def main(chosen: Namespace) -> int:
    """Open the device's ends and hear until a signal comes."""
    config = settings(chosen)
    with ExitStack() as ends:
        source = TapSource(config.tap, wait=chosen.wait)
        ends.callback(source.close)
        outbox = Outbox(config.outbox.path, config.outbox.max_events)
        ends.callback(outbox.close)
        calls = _calls(chosen.socket)
        ends.callback(calls.close)
        clock = SystemClock()
        led = WatchedLed(open_led(config.light))
        device = Device(
            config,
            Ends(source, led, outbox, calls, Memory(config.outbox.path.with_name(VOICE), clock)),
            clock,
            tell=_tell,
            language=chosen.lang,
        )
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: source.close())
        notify("READY=1")
        console = Console(force_terminal=None if chosen.view else False)
        Show(device, led, outbox, chosen.lang).run(console, lambda: notify("WATCHDOG=1"))
    return 0


def _calls(path: Path | None) -> Teller:
    if path is None and not SOCKET.parent.is_dir():
        return Hook()
    return Tellers(Listener(path or SOCKET), Hook())


def _tell(line: str) -> None:
    print(f"deskcue: {line}", file=sys.stderr, flush=True)
    notify(f"STATUS={line.splitlines()[0]}")
