"""Hold the bypass relay, by pulses on a pin, while sound is passed. Works until stopped.

Where [relay] bypass_gpio is not set, there is nothing to do and it ends at once.
"""

import logging
import threading
from argparse import ArgumentParser, Namespace
from contextlib import closing
from typing import Final

from firmware_py.commands import settings, settings_argument
from firmware_py.commands.signals import stopped_by_signals
from firmware_py.core.log import start_logging
from firmware_py.core.service_manager import notify
from firmware_py.relay.bypass import BEAT_S, Bypass, open_pin
from firmware_py.relay.progress import Progress

_log: Final = logging.getLogger(__name__)


def arguments(parser: ArgumentParser) -> None:
    """Add what the command takes."""
    settings_argument(parser)


def main(args: Namespace) -> int:
    """Pulse until a signal comes."""
    start_logging()
    number = settings(args).relay.bypass_gpio
    if number is None:
        notify(
            "READY=1"
        )  # else the service manager takes the end for a failure, and starts it again
        _log.info("no bypass relay is wired: [relay] bypass_gpio in deskcue.toml is not set")
        return 0
    with (
        stopped_by_signals() as stopped,
        closing(Bypass(open_pin(number), Progress().passes)) as bypass,
    ):
        notify("READY=1")
        _pulse(bypass, stopped)
    return 0


def _pulse(bypass: Bypass, stopped: threading.Event) -> None:
    while not stopped.wait(BEAT_S):
        before = bypass.through
        bypass.beat()
        notify("WATCHDOG=1")
        if bypass.through is not before:
            _log.log(
                logging.INFO if bypass.through else logging.WARNING,
                "the call goes %s the device",
                "through" if bypass.through else "past",
            )
