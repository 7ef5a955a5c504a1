"""Send events from the outbox to the MQTT broker; each stays on disk until it is acknowledged."""

from argparse import ArgumentParser, Namespace
from contextlib import closing
from pathlib import Path

from firmware_py.commands import settings, settings_argument
from firmware_py.commands.instances import ear_lock, only_one, uplink_lock
from firmware_py.commands.signals import stopped_by_signals
from firmware_py.core.log import start_logging
from firmware_py.core.service_manager import notify
from firmware_py.core.single_instance import holder
from firmware_py.outbox.store import Outbox
from firmware_py.settings.config import Config
from firmware_py.uplink.client import make_client
from firmware_py.uplink.faults import Machine
from firmware_py.uplink.publisher import Uplink


def arguments(parser: ArgumentParser) -> None:
    """Add what the command takes."""
    settings_argument(parser)


def main(args: Namespace) -> int:
    """Work until stopped."""
    start_logging()
    config = settings(args)
    make_client(config)  # a missing certificate shows now, not at every attempt
    with (
        stopped_by_signals() as stop,
        only_one(uplink_lock(config), "the uplink"),
        closing(_outbox(config)) as outbox,
    ):
        notify("READY=1")
        machine = Machine(ear_runs=lambda: _runs(ear_lock(config)))
        Uplink(config, outbox, machine=machine).run(stop, lambda: notify("WATCHDOG=1"))
    return 0


def _runs(lock: Path) -> bool | None:
    """Whether the ear holds its lock; None where there never was one."""
    return holder(lock) is not None if lock.exists() else None


def _outbox(config: Config) -> Outbox:
    return Outbox(
        config.outbox.path, config.outbox.max_events, light_only=config.privacy.light_only
    )
