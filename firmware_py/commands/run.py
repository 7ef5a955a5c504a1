"""Hear the live call: light the LED, write events to disk. Works until stopped."""

import signal
import sys
from argparse import ArgumentParser, BooleanOptionalAction, Namespace
from contextlib import ExitStack
from pathlib import Path

from firmware_py.audio.tap import TapSource
from firmware_py.calls.hid_hook_switch import HidHookSwitch
from firmware_py.calls.signals import SOCKET, CallSignalSource, CallSignalSources, CallSocket
from firmware_py.commands import language_argument, settings, settings_argument
from firmware_py.commands.instances import ear_lock, only_one
from firmware_py.commands.lines import run_as_lines
from firmware_py.core.clock import SystemClock
from firmware_py.core.log import start_logging
from firmware_py.core.service_manager import ProgressWatchdog, notify
from firmware_py.device.baseline import VOICE, BaselineStore
from firmware_py.device.io import DeviceIO
from firmware_py.device.runtime import Device
from firmware_py.device.site_settings import SiteSettings
from firmware_py.light.led import ReopeningLed
from firmware_py.light.watched_led import WatchedLed
from firmware_py.outbox.store import Outbox
from firmware_py.settings.site_file import site_file


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
        help=f"where to listen for signals of calls (default: {SOCKET} if its folder is there)",
    )
    language_argument(parser)


def main(args: Namespace) -> int:
    """Open the device's ends and hear until a signal comes."""
    start_logging()
    config = settings(args)
    with ExitStack() as ends:
        ends.enter_context(only_one(ear_lock(config), "the ear"))
        source = TapSource(config.tap, wait=args.wait)
        ends.callback(source.close)
        outbox = Outbox(
            config.outbox.path,
            config.outbox.max_events,
            light_only=config.privacy.light_only,
        )
        ends.callback(outbox.close)
        calls = _calls(args.socket)
        ends.callback(calls.close)
        clock = SystemClock()
        light = ReopeningLed(config.light)
        led = WatchedLed(light)
        device = Device(
            config,
            DeviceIO(
                source,
                led,
                outbox,
                calls,
                BaselineStore(config.outbox.path.with_name(VOICE), clock),
                clock.is_set,
                SiteSettings(config, site_file(config)),
                light.dim,
            ),
            clock,
            language=args.lang,
        )
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: source.stop())
        notify("READY=1")
        alive = ProgressWatchdog(lambda: device.pipeline.seconds, lambda: bool(source.problem))
        if args.view:
            _show(device, led, outbox, args.lang, alive)
        else:
            run_as_lines(device, alive)
    return 0


def _show(
    device: Device, led: WatchedLed, outbox: Outbox, language: str, alive: ProgressWatchdog
) -> None:
    # What draws takes memory that no service should need.
    from firmware_py.commands.live import Show
    from firmware_py.core.console import Console

    Show(device, led, outbox, language).run(Console(), alive)


def _calls(path: Path | None) -> CallSignalSource:
    if path is None and not SOCKET.parent.is_dir():
        return HidHookSwitch()
    return CallSignalSources(CallSocket(path or SOCKET), HidHookSwitch())
