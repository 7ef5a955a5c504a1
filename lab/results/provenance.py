"""Where a figure comes from: code, model, day and machine."""

import datetime
import os
import platform
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from firmware_py.hearing.model_file import find_model
from firmware_py.hearing.phone_model import load_phone_model
from lab.results.result import Machine, Result, Run

_ROOT: Final = Path(__file__).parents[2]
_CPUINFO: Final = Path("/proc/cpuinfo")


def run_of(command: str, results: Iterable[Result], model: str | None = None) -> Run:
    """Make the Run of a command that has just measured; ``model`` is the shipped one unless told.

    Raises:
        ModelError: there is no phone model.
    """
    return Run(
        command=command,
        commit=commit(),
        model=shipped_model() if model is None else model,
        date=datetime.datetime.now(datetime.UTC).date().isoformat(),
        machine=this_machine(),
        imported=False,
        results=tuple(results),
    )


def shipped_model() -> str:
    """Give the first 12 hex digits of the phone model's SHA-256."""
    return load_phone_model(find_model()).sha256[:12]


def commit() -> str:
    """Name the commit of this checkout; ``unknown`` where there is none."""
    command = ["git", "-C", str(_ROOT), "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        told = subprocess.run([*command, "--exclude=*"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return told.stdout.strip()


def this_machine() -> Machine:
    """Describe the processor, the cores that this process may use, and Python."""
    return Machine(_cpu(), len(os.sched_getaffinity(0)), platform.python_version())


def _cpu() -> str:
    """Model of the processor, from where the architecture at hand tells it."""
    keys = ("model name", "Model")
    lines = _CPUINFO.read_text("utf-8").splitlines() if _CPUINFO.exists() else []
    told = [line.partition(":") for line in lines]
    names = [value.strip() for key, _, value in told if key.strip() in keys]
    return f"{names[0]}, {platform.machine()}" if names else platform.machine()
