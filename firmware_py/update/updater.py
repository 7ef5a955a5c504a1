"""Takes a bundle: verifies it, lays it into the free slot, switches, watches, goes back."""

import errno
import logging
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware_py.core.access import reason
from firmware_py.core.errors import DeskcueError
from firmware_py.update.bundle import Manifest, unpack
from firmware_py.update.slots import Slots

WATCHED_S: Final = 120.0
"""Seconds for which a new version is watched."""
_LOOK_S: Final = 5.0
_GRACE_S: Final = 30.0
"""Seconds in which services may still be starting."""
_BAD_LOOKS: Final = 3
"""Looks in a row at services that are not well, after which it is given up."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class System:
    """What an update does to the machine; tests bring their own."""

    install: Callable[[Path, Path], None]
    """Make a slot's program of the unpacked files: from, to. Raises DeskcueError."""
    restart: Callable[[], None]
    """Restart the services with the slot in force."""
    unwell: Callable[[], str]
    """What is wrong with the services, one line; empty if nothing is."""
    now: Callable[[], float]
    sleep: Callable[[float], None]
    machine: str = platform.machine()
    python: str = f"{sys.version_info.major}.{sys.version_info.minor}"


def update(
    bundle: Path, key: bytes, slots: Slots, system: System, *, allow_downgrade: bool = False
) -> str:
    """Take a bundle; return the line that says how it went.

    Raises:
        DeskcueError: it was refused or failed; the old version is in force.
    """
    finish_trial(slots, system)
    manifest = _lay(bundle, key, slots, system, allow_downgrade=allow_downgrade)
    before = slots.current
    slots.switch(slots.other, on_trial=True)
    problem = _try(system)
    if problem:
        _back(slots, system, before)
        raise DeskcueError(
            f"version {manifest.version} was taken back, {slots.version(before)} is in force:"
            f" {problem}"
        )
    slots.keep()
    return f"version {manifest.version} is in force"


def finish_trial(slots: Slots, system: System) -> str:
    """End a trial that a power cut broke off, by watching on; what was done, in one line."""
    before = slots.before_trial
    if not before or before == slots.current:
        slots.keep()
        return ""
    problem = watch(system)
    if problem:
        _back(slots, system, before)
        return f"went back to {slots.version(before)}: {problem}"
    slots.keep()
    return f"kept {slots.version(slots.current)}"


def _try(system: System) -> str:
    """Restart with the new version and watch it; what is wrong, one line, or nothing."""
    try:
        system.restart()
    except DeskcueError as error:
        return str(error)
    return watch(system)


def _back(slots: Slots, system: System, before: str) -> None:
    slots.switch(before, on_trial=False)
    system.restart()


def watch(system: System) -> str:
    """Watch the services for two minutes; what is wrong with them, one line, or nothing."""
    began, bad = system.now(), 0
    problem = ""
    while system.now() - began < WATCHED_S:
        system.sleep(_LOOK_S)
        problem = system.unwell()
        bad = bad + 1 if problem and system.now() - began > _GRACE_S else 0
        if bad >= _BAD_LOOKS:
            return problem
    return problem


def _lay(
    bundle: Path, key: bytes, slots: Slots, system: System, *, allow_downgrade: bool
) -> Manifest:
    """Lay a bundle's program into the free slot, or leave that empty."""
    unpacked, current = slots.root / "unpacked", slots.version(slots.current)
    shutil.rmtree(unpacked, ignore_errors=True)
    try:
        manifest = unpack(bundle, key, unpacked)
        _fits(manifest, current, system, allow_downgrade=allow_downgrade)
        _install(manifest, unpacked, slots, system)
    except OSError as error:
        raise DeskcueError(_why(bundle, slots.root, error)) from None
    finally:
        shutil.rmtree(unpacked, ignore_errors=True)
    return manifest


def _install(manifest: Manifest, unpacked: Path, slots: Slots, system: System) -> None:
    """Make the free slot's program; what was in it goes only now, for nothing that is refused."""
    slot, name = slots.clear_other(), slots.other
    try:
        system.install(unpacked, slot)
        slots.finish(name, manifest.version)
    except (OSError, DeskcueError):
        slots.clear_other()
        raise


def _fits(manifest: Manifest, current: str, system: System, *, allow_downgrade: bool) -> None:
    if (manifest.machine, manifest.python) != (system.machine, system.python):
        raise DeskcueError(
            f"the bundle is for {manifest.machine} with Python {manifest.python}, this device is"
            f" {system.machine} with Python {system.python}; take the one that fits"
        )
    if _number(manifest.version) < _number(current) and not allow_downgrade:
        raise DeskcueError(
            f"version {manifest.version} is older than {current}, which is in force;"
            " --allow-downgrade takes it all the same"
        )


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _why(bundle: Path, root: Path, error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return f"the disk under {root} is full; free some space. The old version stays in force"
    where = Path(error.filename or bundle)
    return f"{where}: {reason(where, error)}; the old version stays in force"
