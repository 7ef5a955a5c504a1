"""Look at every part of this device and say what to do about those that do not work."""

import shutil
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict
from functools import partial
from itertools import islice
from typing import Any, Final

from rich.markup import escape
from rich.table import Table

from firmware_py.audio.tap import TapSource
from firmware_py.commands import SETTINGS, settings, settings_argument
from firmware_py.commands.desk_certificate import check_certificate
from firmware_py.commands.instances import ear_lock
from firmware_py.core.access import is_there, nearest
from firmware_py.core.check import Check, attempt
from firmware_py.core.clock import SystemClock
from firmware_py.core.console import Console
from firmware_py.core.errors import DeskcueError
from firmware_py.core.problems import Fault
from firmware_py.core.single_instance import holder
from firmware_py.core.terminal import print_json
from firmware_py.device.baseline import VOICE, BaselineStore
from firmware_py.device.host import clock, power, relay
from firmware_py.device.pipeline import ADAPTATION
from firmware_py.hearing.adaptation import LEAST, Learnt
from firmware_py.hearing.model_file import find_model
from firmware_py.hearing.phone_model import load_phone_model
from firmware_py.hearing.verifier import bundled_verifier
from firmware_py.hearing.voice_fit import WARPS
from firmware_py.light.led import open_led
from firmware_py.outbox.store import Outbox
from firmware_py.rules import load_rulebook
from firmware_py.settings.config import Config
from firmware_py.settings.site_file import read_site_file, site_file
from firmware_py.uplink.broker import check_broker

ENOUGH_MB: Final = 100
"""Less free disk than this is reported."""
_WIDE: Final = 400
"""Columns where there is no terminal."""
_LOOKS: Final = 8
"""Blocks, or quarters of a second without one, within which sound must come."""


def arguments(parser: ArgumentParser) -> None:
    """Add what the command takes."""
    settings_argument(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def main(args: Namespace) -> int:
    """Look, show, and fail if anything does."""
    # Whoever reads it from a pipe wants a part a line.
    console = Console(width=None if sys.stdout.isatty() else _WIDE)
    table = Table("", "part", "", box=None, show_header=False, pad_edge=False)
    fine = True
    for check in checks(args):
        fine &= check.ok
        if args.json:
            print_json(asdict(check))
        else:
            table.add_row(_mark(check), check.name, escape(check.detail))
    if not args.json:
        console.print(table)
    return 0 if fine else 1


def _mark(check: Check) -> str:
    if not check.ok:
        return "[red]✗[/red]"
    return "[yellow]![/yellow]" if check.soon else "[green]✓[/green]"


def checks(args: Namespace) -> Iterator[Check]:
    """Look at every part, one after the other."""
    try:
        config = settings(args)
    except DeskcueError as error:
        yield Check("settings", False, str(error))
        return
    read = args.config or (SETTINGS if is_there(SETTINGS) else "none: all defaults")
    yield Check("settings", True, str(read))
    parts: tuple[tuple[str, Callable[[Config], str]], ...] = (
        ("site settings", _site),
        ("rulebook", _rulebook),
        ("phone model", _model),
        ("agent's voice", _voice),
        ("sound", _sound),
        ("light", _light),
        ("outbox", _outbox),
        ("disk", _disk),
        ("relay", lambda config: relay(config.relay.mode)),
        ("power", lambda _: power()),
        ("clock", lambda _: clock()),
    )
    for name, look in parts:
        yield attempt(name, partial(look, config))
    if config.broker.cert_file:
        yield check_certificate(config.broker.cert_file, time.time())
    yield from check_broker(config)


def _site(config: Config) -> str:
    wanted = read_site_file(site_file(config)).wanted
    if not wanted.version:
        return "none: this file is all"
    ear = _ear_status(config)
    if problem := ear.get("settings_problem"):
        raise DeskcueError(f"version {wanted.version} is not in force: {problem}")
    version = ear.get("settings_version", 0)
    if version != wanted.version:
        return f"version {version} is in force; version {wanted.version} waits for the ear"
    return f"version {version} is in force: {', '.join(wanted.settings) or 'nothing'}"


def _rulebook(config: Config) -> str:
    rulebook = load_rulebook(config.rulebook)
    return (
        f"{rulebook.name}, version {rulebook.version}: {len(rulebook.rules)} rules,"
        f" {len(rulebook.phrases)} phrases"
    )


def _model(config: Config) -> str:
    phone_model = load_phone_model(config.model)
    name = (config.model or find_model()).name
    told = f"{name}, SHA-256 {phone_model.sha256[:12]}…, run by {phone_model.runtime}"
    if bundled_verifier().model_sha256 != phone_model.sha256:
        told += "; verifier and thresholds were made for another model: see docs/training.md"
    return told


def _voice(config: Config) -> str:
    """Say what the phone model's hearing was fitted to."""
    if not config.hearing.adapt:
        return "the phone model is not fitted to it: adapt under [hearing]"
    kept = BaselineStore(config.outbox.path.with_name(VOICE), SystemClock()).load()
    learnt = Learnt.of(kept.get(ADAPTATION, {}))
    if learnt.stretches < LEAST:
        return "the phone model is not fitted to it yet today"
    return (
        f"the phone model is fitted to it: frequencies times {WARPS[learnt.step]:g}, colour of"
        f" {learnt.stretches} stretches of speech"
    )


def _sound(config: Config) -> str:
    """Open and hear the tap just as the ear does, or ask the ear that has it open."""
    if pid := holder(ear_lock(config)):
        return _heard_by_ear(config, pid)
    with closing(TapSource(config.tap)) as source:
        if not any(len(block.pcm) for block in islice(source, _LOOKS)):
            why = source.problem or "no sound came; is it linked to the headset?"
            raise DeskcueError(f"{source}: {why}")
        return str(source)


def _heard_by_ear(config: Config, pid: int) -> str:
    for fault in _ear_status(config).get("faults", ()):
        if fault["code"] == Fault.MICROPHONE.name.lower():
            raise DeskcueError(f"the ear (pid {pid}): {fault['line']}")
    return f"the ear (pid {pid}) hears it"


def _light(config: Config) -> str:
    if not config.light.pins:
        return "none is wired"
    pins = f"GPIO {', '.join(map(str, config.light.pins))}"
    if pid := holder(ear_lock(config)):
        if problem := _ear_status(config).get("light"):
            raise DeskcueError(f"the ear (pid {pid}): {problem}")
        return f"{pins}, lit by the ear (pid {pid})"
    open_led(config.light).close()
    return pins


def _ear_status(config: Config) -> dict[str, Any]:
    """What the ear last reported; nothing if it did not yet."""
    outbox = Outbox(config.outbox.path, read_only=True)
    with closing(outbox):
        return outbox.ear() or {}


def _outbox(config: Config) -> str:
    if not is_there(config.outbox.path):
        return f"{config.outbox.path} is not there yet; the first start makes it"
    with closing(Outbox(config.outbox.path, config.outbox.max_events)) as outbox:
        if outbox.problem:
            raise DeskcueError(outbox.problem)
        counts = outbox.counts()
    return f"{counts.pending} wait, {counts.sent} sent, {counts.dropped} dropped"


def _disk(config: Config) -> str:
    folder = config.outbox.path.parent
    free_mb = shutil.disk_usage(nearest(folder)).free // 1_000_000
    if free_mb < ENOUGH_MB:
        raise DeskcueError(f"only {free_mb} MB are free under {folder}; free some space")
    return f"{free_mb} MB free under {folder}"
