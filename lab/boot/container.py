"""A Debian that boots its own systemd (systemd-nspawn), with a disk that may lose its power.

Everything here wants root, and a network name space without an outside.
"""

import contextlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

BOOT_S: Final = 90.0
"""Patience; a busy machine may take so long."""
UNITS: Final = ("deskcue-ear", "deskcue-uplink")


class BootError(Exception):
    """The container, or something in it, is not as it must be for anything to be looked at."""


def soon(what: Callable[[], object], seconds: float = 15.0, every_s: float = 0.1) -> float | None:
    """Wait until something is so; seconds that it took, or None: it never was."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        with contextlib.suppress(subprocess.CalledProcessError, BootError):
            if what():
                return time.monotonic() - began
        time.sleep(every_s)
    return None


@dataclass
class Container:
    """One Debian root; boots, is looked into, and loses its power."""

    root: Path
    """Its tree."""
    data: Path
    """What lies at /var/lib/deskcue there."""
    overlay: bool = False
    """Whether its root is read-only, with memory laid over it."""
    _nspawn: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _init: int = field(default=0, init=False)

    def start(self) -> None:
        """Switch it on, and wait no longer than for its first process."""
        command = ["systemd-nspawn", "-q", "-b", "--register=no", "--keep-unit"]
        command += ["--network-namespace-path=/proc/self/ns/net", "--machine=deskcue-boot"]
        command += ["--capability=CAP_NET_ADMIN"]  # without it no unit gets a network of its own
        command += [f"--directory={self.root}", f"--bind={self.data}:/var/lib/deskcue"]
        command += ["--volatile=overlay"] if self.overlay else []
        with self.log.open("wb") as log:
            self._nspawn = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        if soon(self._has_init, 30.0, 0.02) is None:
            raise BootError(f"nothing booted; see {self.log}")

    def boot(self) -> float:
        """Switch it on and wait for the services; seconds until they were up.

        Raises:
            BootError: they did not come up.
        """
        began = time.monotonic()
        self.start()
        if soon(lambda: all(map(self.is_active, UNITS)), BOOT_S) is None:
            raise BootError(f"the services did not come up; {self.journal()[-3000:]}")
        return time.monotonic() - began

    def cut(self) -> None:
        """Let everything in it end at once, as without power."""
        if self._init:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._init, signal.SIGKILL)  # the first process takes all others along
        if self._nspawn:
            self._nspawn.kill()
            self._nspawn.wait()
        self._nspawn, self._init = None, 0

    @property
    def log(self) -> Path:
        """What its console says."""
        return self.root.with_suffix(".log")

    def _has_init(self) -> bool:
        assert self._nspawn
        if self._nspawn.poll() is not None:
            raise BootError(f"systemd-nspawn ended; see {self.log}")
        pid = self._nspawn.pid
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split():
            if Path(f"/proc/{child}/comm").read_text("ascii").strip() == "systemd":
                self._init = int(child)
        return bool(self._init)

    def run(self, *command: str, check: bool = True) -> str:
        """What a program in there prints; as root.

        Raises:
            CalledProcessError: it fails, unless ``check`` is false.
        """
        return _output(self.command(*command), check)

    def command(self, *command: str) -> list[str]:
        """How a program in there is started from here; as root."""
        return [*_enter(self._init, "-m", "-p", "-u", "-n", "-i", "-C"), *command]

    def popen(self, *command: str) -> subprocess.Popen[bytes]:
        """Start a program in there; as root."""
        return subprocess.Popen(
            self.command(*command), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def as_service(self, unit: str, *command: str) -> str:
        """What a program prints where a unit lives: its name spaces, its user.

        Raises:
            CalledProcessError: it fails.
        """
        where = _enter(int(self.show(unit, "MainPID")), "-m", "-n", "-i")
        user = [f"--reuid={self.show(unit, 'User')}", f"--regid={self.show(unit, 'Group')}"]
        return self.run(*where, "setpriv", *user, "--init-groups", *command)

    def fails(self, *command: str, unit: str = "") -> bool:
        """Whether a program fails there; with a unit, where that lives."""
        try:
            _ = self.as_service(unit, *command) if unit else self.run(*command)
        except subprocess.CalledProcessError:
            return True
        return False

    def show(self, unit: str, key: str) -> str:
        """A property of a unit."""
        return self.run("systemctl", "show", "-P", key, unit).strip()

    def is_active(self, unit: str) -> bool:
        """Whether a unit is up."""
        return self.show(unit, "ActiveState") == "active"

    def pid(self, unit: str) -> int:
        """Main process of a unit, as this machine counts; 0: there is none."""
        return _outer(self._init, int(self.show(unit, "MainPID")))

    def journal(self, *more: str) -> str:
        """What the services wrote since the boot."""
        return self.run(
            "journalctl", "-b", "-u", "deskcue-*", "-o", "short-monotonic", "--no-pager", *more
        )


def kill_tree(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it started, at once."""
    for pid in [*_descendants(process.pid), process.pid]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()


def _descendants(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    except OSError:
        return []
    return [one for child in map(int, children) for one in (child, *_descendants(child))]


def _enter(pid: int, *spaces: str) -> list[str]:
    if not pid:
        raise BootError("nothing runs there")
    return ["nsenter", "-t", str(pid), *spaces]


def _output(command: list[str], check: bool) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=check, timeout=300)
    return done.stdout


def _outer(init: int, inner: int) -> int:
    """The process that is called ``inner`` in the container of ``init``; 0: there is none."""
    space = Path(f"/proc/{init}/ns/pid").readlink()
    for status in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError):
            numbers = re.search(r"^NSpid:(.*)$", status.read_text("ascii", "replace"), re.MULTILINE)
            here = numbers[1].split() if numbers else []
            if here[1:] == [str(inner)] and (status.parent / "ns/pid").readlink() == space:
                return int(here[0])
    return 0
