"""What an update does to a real device: a virtual environment from wheels, and systemd."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from firmware_py.core.errors import DeskcueError
from firmware_py.update.updater import System

SERVICES: Final = ("deskcue-ear.service", "deskcue-uplink.service")
"""Those that run the program; the relay does not, and a call goes through it."""


def this_machine() -> System:
    """Give the System of the device that this runs on."""
    return System(install, restart, unwell, time.monotonic, time.sleep)


def install(unpacked: Path, slot: Path) -> None:
    """Make a slot's virtual environment from the bundle's wheels, without a network.

    Raises:
        DeskcueError: a step failed; the line is its last.
    """
    slot.mkdir(parents=True)
    _run(Path(sys.base_prefix) / "bin" / "python3", "-m", "venv", slot / "venv")
    pip = (slot / "venv/bin/python", "-m", "pip", "--disable-pip-version-check", "install")
    _run(*pip, "--no-index", "--find-links", unpacked / "wheels", "deskcue[update,fetch]")


def restart() -> None:
    """Restart the services with what is in force."""
    _run("systemctl", "restart", *SERVICES)


def unwell() -> str:
    """Name services that do not run, one line."""
    said = subprocess.run(
        ["systemctl", "is-active", *SERVICES], capture_output=True, text=True, check=False
    )
    states = dict(zip(SERVICES, said.stdout.split(), strict=False))
    bad = [f"{name} is {states.get(name, 'unknown')}" for name in SERVICES]
    return ", ".join(one for one in bad if not one.endswith(" active"))


def _run(*command: str | Path) -> None:
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise DeskcueError(f"cannot start {command[0]}: {error.strerror}") from None
    if said.returncode:
        last = (said.stderr or said.stdout).strip().splitlines()[-1:] or ["no word why"]
        raise DeskcueError(f"{command[0]} failed: {last[0]}")
