"""Peak memory of an ear at work. Run as a program, it is that ear."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from firmware_py.core.clock import SystemClock
from firmware_py.core.types import Block, PcmArray
from firmware_py.device.io import DeviceIO
from firmware_py.device.runtime import Device
from firmware_py.light.led import open_led
from firmware_py.outbox.store import Outbox
from firmware_py.settings.config import Config, Light
from lab.bench.sound import ROOT, call, cut

CALL_S: Final = 60


def peak_memory() -> float:
    """MB at most in a process of its own that does an ear's work for a call."""
    command = [sys.executable, "-m", "lab.bench.memory"]
    sound = call(CALL_S).tobytes()
    ear = subprocess.run(command, input=sound, stdout=subprocess.PIPE, cwd=ROOT, check=True)
    return float(ear.stdout)


def hear_and_weigh() -> float:
    """Hear int16 stereo from standard input at work; return the process's peak memory in MB."""
    from firmware_py.commands import run  # noqa: F401  # everything that the service loads

    pcm = np.frombuffer(sys.stdin.buffer.read(), np.int16).reshape(-1, 2)
    with tempfile.TemporaryDirectory() as folder:
        outbox = Outbox(Path(folder) / "outbox.db")
        ends = DeviceIO(Sound(pcm), open_led(Light()), outbox)
        device = Device(Config(), ends, SystemClock())
        for _ in device.listen():
            pass
        outbox.close()
    status = Path("/proc/self/status").read_text("ascii")
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    return int(kilobytes) / 1000


@dataclass(frozen=True)
class Sound:
    """A Source of sound that is there already."""

    pcm: PcmArray
    problem: str = ""
    behind_s: float = 0.0

    def __iter__(self) -> Iterator[Block]:
        """Cut it as the tap does."""
        return cut(self.pcm)

    def close(self) -> None:
        """Do nothing."""


if __name__ == "__main__":
    print(hear_and_weigh())
