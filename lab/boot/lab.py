"""What every part has at hand: the container, its disk, the broker, the report."""

import contextlib
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.boot.broker import Broker
from lab.boot.container import Container, soon
from lab.boot.disk import DataDisk
from lab.boot.report import Report

EAR = "deskcue-ear"
UPLINK = "deskcue-uplink"


@dataclass(frozen=True, slots=True)
class Lab:
    """A desk that can be switched on."""

    root: Path
    disk: DataDisk
    broker: Broker
    report: Report

    @contextlib.contextmanager
    def desk(self, *, overlay: bool = False, fresh: bool = True) -> Iterator[Container]:
        """A desk that has booted; at the end it has no power.

        Args:
            overlay: whether its root is read-only.
            fresh: whether its disk is empty at first.
        """
        if fresh:
            self.disk.unmount()
            self.disk.make()
        desk = Container(self.root, self.disk.place, overlay)
        try:
            desk.boot()
            yield desk
        finally:
            desk.cut()

    def outbox(self) -> Path:
        """The outbox, as this machine sees it."""
        return self.disk.place / "outbox.db"


def status(desk: Container) -> dict[str, Any]:
    """What the ear last said of itself."""
    said = desk.run("cat", "/run/deskcue-ear/ear.json", check=False)
    told: dict[str, Any] = json.loads(said.strip() or "{}")
    return told


def faults(desk: Container) -> set[str]:
    """Codes of what the ear says is wrong."""
    return {one["code"] for one in status(desk).get("faults", ())}


def hearing(desk: Container) -> list[float]:
    """Seconds of this machine's monotonic clock at which the ear began to hear."""
    lines = desk.run("journalctl", "-b", "-u", EAR, "-o", "json", "--no-pager").splitlines()
    told = map(json.loads, lines)
    return [
        int(one["__MONOTONIC_TIMESTAMP"]) / 1e6
        for one in told
        if str(one.get("MESSAGE", "")).startswith("hearing ")
    ]


def wait_until_it_hears(desk: Container, times: int = 1) -> bool:
    """Wait until the ear has begun to hear so many times since the boot."""
    return soon(lambda: len(hearing(desk)) >= times, 60.0) is not None


def play(desk: Container, sound: str = "/opt/lab/call.wav") -> subprocess.Popen[bytes]:
    """Begin to play a call into the relay."""
    user = ("setpriv", "--reuid=deskcue-relay", "--regid=deskcue", "--clear-groups")
    return desk.popen(*user, "/opt/lab/play", sound)


def signal_call(desk: Container, action: str) -> None:
    """Say what happens to the call, as a phone system would."""
    desk.run("deskcue", "call", action)
