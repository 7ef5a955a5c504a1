"""A real PostgreSQL server in a folder of its own, run as an unprivileged user, on one socket."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from firmware_py.core.errors import DeskcueError

_HOME: Final = Path("/usr/lib/postgresql")
_PATIENCE_S: Final = 60.0


class Postgres:
    """A cluster; it can be stopped, killed and started again."""

    def __init__(self, folder: Path, *, durable: bool) -> None:
        """Make it; nothing runs yet.

        Args:
            folder: an empty folder, which is given to the server's user.
            durable: whether what is committed shall outlive a power cut.

        Raises:
            DeskcueError: PostgreSQL is not installed, or does not do it.
        """
        self.folder, self._durable = folder, durable
        self._process: subprocess.Popen[bytes] | None = None
        self._programs = _programs()
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            owner = pwd.getpwnam(self._user)
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        self._run(
            "initdb",
            "-D",
            str(folder / "data"),
            "-U",
            "lab",
            "-A",
            "trust",
            "--no-sync",
            "-E",
            "UTF8",
        )

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._programs / program, *arguments],
            user=self._user,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise DeskcueError(f"{program} does not work: {' '.join(done.stderr.split())[-300:]}")

    def url(self, database: str = "postgres") -> str:
        """URL of a database of the cluster."""
        return f"postgresql://lab@/{database}?host={self.folder}"

    def create(self, database: str) -> str:
        """Make a database; its URL."""
        self._run("createdb", "-h", str(self.folder), "-U", "lab", database)
        return self.url(database)

    def start(self) -> None:
        """Start it and wait until it answers."""
        settings = [
            "listen_addresses=",
            f"unix_socket_directories={self.folder}",
            "shared_buffers=64MB",
        ]
        if not self._durable:
            settings += ["fsync=off", "full_page_writes=off"]
        command = [str(self._programs / "postgres"), "-D", str(self.folder / "data")]
        for one in settings:
            command += ["-c", one]
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(
            command, user=self._user, cwd=self.folder, stdout=quiet, stderr=quiet
        )
        until = time.monotonic() + _PATIENCE_S
        while not self._answers():
            if time.monotonic() > until or self._process.poll() is not None:
                raise DeskcueError("PostgreSQL does not start")
            time.sleep(0.05)

    def _answers(self) -> bool:
        with contextlib.suppress(DeskcueError):
            self._run("pg_isready", "-q", "-h", str(self.folder))
            return True
        return False

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: at once but orderly (SIGINT, "fast"), or as a power cut would (SIGQUIT)."""
        if self._process:
            self._process.send_signal(how)
            self._process.wait(_PATIENCE_S)
            self._process = None


def _programs() -> Path:
    """Folder of the newest server's programs; Debian has one a version.

    Raises:
        DeskcueError: there is none.
    """
    found = sorted(_HOME.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1].parent
    if other := shutil.which("initdb"):
        return Path(other).parent
    raise DeskcueError("there is no PostgreSQL; sudo apt-get install postgresql")


@contextlib.contextmanager
def running(*, durable: bool) -> Iterator[Postgres]:
    """A server that runs, in a folder that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="deskcue-pg-"))  # short: a socket's path has 107 bytes
    try:
        made = Postgres(folder, durable=durable)
        made.start()
        try:
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
