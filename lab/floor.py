"""A site for measuring: its folder, a stock Mosquitto, the collector, each a process of its own."""

import contextlib
import datetime
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from firmware_py.core.errors import DeskcueError
from firmware_py.demo.broker import find_mosquitto, free_port
from firmware_py.fleet.broker.login import Address
from firmware_py.fleet.simulate.simulator import Simulator
from firmware_py.fleet.sites.site import init_site
from firmware_py.fleet.storage.database import open_engine, parse_url
from firmware_py.fleet.storage.tables import EVENTS

_PATIENCE_S: Final = 300.0


class Floor:
    """A site in a folder, its broker and its collector."""

    def __init__(self, folder: Path, url: str = "") -> None:
        """Make the site; nothing runs yet.

        Args:
            folder: for all of it.
            url: of the database; an SQLite file in the folder unless told.
        """
        self.folder, self.port = folder, free_port()
        self.site, self._url = folder / "site", url or f"sqlite:///{folder}/events.db"
        self._engine = open_engine(parse_url(self._url), 5.0)
        init_site(Address("lab", "127.0.0.1", self.port), [], self.site, None)
        (folder / "kept").mkdir(mode=0o700)
        told = f"persistence true\npersistence_location {folder}/kept/\nuser root\n"
        (folder / "mosquitto.conf").write_text(f"{told}include_dir {self.site}/broker\n", "utf-8")

    @contextlib.contextmanager
    def broker(self) -> Iterator[None]:
        """Run it."""
        program = find_mosquitto()
        if program is None:
            raise DeskcueError("there is no mosquitto; sudo apt-get install mosquitto")
        log = (self.folder / "mosquitto.log").open("ab")
        with (
            log,
            _ended(subprocess.Popen([program, "-c", self.folder / "mosquitto.conf"], stderr=log)),
        ):
            wait(self._answers, "Mosquitto")
            yield

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    @contextlib.contextmanager
    def collector(self) -> Iterator[int]:
        """Run it; its process id."""
        verb = ["fleet", "collect", "--db", self._url]
        command = [sys.executable, "-m", "firmware_py.cli", *verb]
        command += ["--login", str(self.site / "logins" / "reader")]
        made = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        with _ended(made):
            assert made.stderr
            line = made.stderr.readline()
            if "connected" not in line:
                raise DeskcueError(f"the collector does not connect: {line.strip()}")
            yield made.pid

    def written(self) -> int:
        """How many events are in the database."""
        with self._engine.connect() as db:
            return int(db.scalar(sa.select(sa.func.count()).select_from(EVENTS)) or 0)

    def events(self) -> list[tuple[float, float]]:
        """When each event was written and when it happened, seconds since the epoch."""
        asked = sa.select(EVENTS.c.kept, EVENTS.c.time).order_by(EVENTS.c.kept)
        with self._engine.connect() as db:
            rows = db.execute(asked).fetchall()
        return [(_seconds(kept), _seconds(happened)) for kept, happened in rows]

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


@contextlib.contextmanager
def _ended(process: "subprocess.Popen[bytes] | subprocess.Popen[str]") -> Iterator[None]:
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
        if process.stderr:
            process.stderr.close()


def cpu_s(pid: int) -> float:
    """CPU time of a process so far, seconds (proc(5), stat)."""
    numbers = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(numbers[11]) + int(numbers[12])) / os.sysconf("SC_CLK_TCK")


def _seconds(moment: datetime.datetime) -> float:
    """SQLite gives back no zone; all are UTC."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)).timestamp()


def wait(condition: Callable[[], object], what: str, simulator: Simulator | None = None) -> float:
    """Wait until something is so, serving the desks meanwhile; seconds that it took."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > _PATIENCE_S:
            raise DeskcueError(f"waited {_PATIENCE_S:.0f} s in vain for {what}")
        if simulator:
            simulator.step()
        else:
            time.sleep(0.2)
    return time.monotonic() - began
