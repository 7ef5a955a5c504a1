"""What an update does to a real device: a virtual environment from wheels, and systemd."""

import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Final

from firmware_py.core.errors import DeskcueError
from firmware_py.update.slots import Slots
from firmware_py.update.updater import System

UNITS: Final = Path("/etc/systemd/system")
KINDS: Final = ("service", "target", "timer")
"""Of units."""

SERVICES: Final = ("deskcue-ear.service", "deskcue-uplink.service")
"""Those that run the program; the relay does not, and a call goes through it."""


def this_machine(slots: Slots) -> System:
    """Give the System of the device that this runs on."""
    return System(install, partial(restart, slots.units), unwell, time.monotonic, time.sleep)


def install(unpacked: Path, slot: Path) -> None:
    """Make a slot's virtual environment from the bundle's wheels, without a network.

    Raises:
        DeskcueError: a step failed; the line is its last.
    """
    slot.mkdir(parents=True)
    _run(Path(sys.base_prefix) / "bin" / "python3", "-m", "venv", slot / "venv")
    pip = (slot / "venv/bin/python", "-m", "pip", "--disable-pip-version-check", "install")
    _run(*pip, "--no-index", "--find-links", unpacked / "wheels", "deskcue[update,fetch]")


def restart(units: Path, place: Path = UNITS) -> None:
    """Restart the services with what is in force: its program and its units.

    Args:
        units: folder with those of the version in force.
        place: where systemd looks for them.
    """
    lay_units(units, place)
    _run("systemctl", "daemon-reload")
    _run("systemctl", "restart", "--no-block", *SERVICES)  # whoever watches sees how they do


def lay_units(units: Path, place: Path) -> None:
    """Put a version's units where systemd looks, each whole or not at all.

    Raises:
        DeskcueError: one cannot be written.
    """
    for unit in sorted(one for kind in KINDS for one in units.glob(f"*.{kind}")):
        beside = place / f".{unit.name}.new"
        try:
            beside.write_bytes(unit.read_bytes())
            beside.chmod(0o644)
            beside.replace(place / unit.name)
        except OSError as error:
            raise DeskcueError(f"cannot write {place / unit.name}: {error.strerror}") from None


def unwell() -> str:
    """Name services that do not run, or that ended and were started again, one line."""
    return ", ".join(line for line in map(_unwell, SERVICES) if line)


def _unwell(unit: str) -> str:
    said = subprocess.run(
        ["systemctl", "show", "-p", "ActiveState", "-p", "NRestarts", unit],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    told = dict(line.partition("=")[::2] for line in said.stdout.splitlines())
    state, restarts = told.get("ActiveState", "unknown"), told.get("NRestarts", "0")
    if restarts != "0":
        return f"{unit} ended by itself {restarts} times"
    return "" if state == "active" else f"{unit} is {state}"


def _run(*command: str | Path) -> None:
    try:
        said = subprocess.run(
            command, capture_output=True, encoding="utf-8", errors="replace", check=False
        )
    except OSError as error:
        raise DeskcueError(f"cannot start {command[0]}: {error.strerror}") from None
    if said.returncode:
        last = (said.stderr or said.stdout).strip().splitlines()[-1:] or ["no word why"]
        raise DeskcueError(f"{command[0]} failed: {last[0]}")
