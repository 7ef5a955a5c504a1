"""The lock files by which a second ear or uplink knows of the first; they lie beside the outbox."""

import contextlib
from contextlib import AbstractContextManager
from pathlib import Path

from firmware_py.core.single_instance import hold
from firmware_py.settings.config import Config


def ear_lock(config: Config) -> Path:
    """What the ear holds while it runs."""
    return config.outbox.path.with_name(f"{config.outbox.path.name}.ear.lock")


def uplink_lock(config: Config) -> Path:
    """What the uplink holds while it runs."""
    return config.outbox.path.with_name(f"{config.outbox.path.name}.uplink.lock")


def only_one(lock: Path, what: str) -> AbstractContextManager[None]:
    """Hold a lock, making the outbox's folder for it at the very first start.

    Raises:
        DeskcueError: another process holds it; the line names it.
    """
    with contextlib.suppress(OSError):
        lock.parent.mkdir(parents=True, exist_ok=True)
    return hold(lock, what)
