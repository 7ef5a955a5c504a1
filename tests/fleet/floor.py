"""A site with a real Mosquitto that runs its configuration as Debian's own would include it."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from paho.mqtt.client import Client

from firmware_py.fleet.broker.client import connect, hang_up, make_client, wait
from firmware_py.fleet.broker.login import Address, Login, read_login
from firmware_py.fleet.names import identity
from firmware_py.fleet.sites.site import init_site, read_site, write_login
from firmware_py.settings.config import Desk
from tests.mosquitto import PATIENCE_S, answers, free_port, wait_for

SITE = "nanjing"
DESK_A, DESK_B = Desk(SITE, "3", "3-17"), Desk(SITE, "3", "3-18")


@dataclass
class Floor:
    """The site, and its broker, which can be stopped and started again."""

    folder: Path
    port: int = field(default_factory=free_port)
    page_port: int = 0
    """Where browsers come in, if they do."""
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        address = Address(SITE, "127.0.0.1", self.port)
        init_site(address, ["localhost"], self.site, None, self.page_port)
        (self.folder / "kept").mkdir()
        stock = [
            "persistence true",
            f"persistence_location {self.folder}/kept/",
            f"include_dir {self.site}/broker",
            # Mosquitto gives up root's rights, and then the folders of a test are closed to it.
            *(["user root"] if os.geteuid() == 0 else []),
        ]
        (self.folder / "mosquitto.conf").write_text("\n".join(stock) + "\n", "utf-8")

    @property
    def site(self) -> Path:
        """What ``deskcue fleet init`` made."""
        return self.folder / "site"

    @property
    def reader(self) -> Path:
        """Folder of the login that only reads."""
        return self.site / "logins" / "reader"

    def desk(self, desk: Desk) -> Login:
        """A desk's own way to the broker."""
        folder = self.folder / identity(desk).replace("/", "_")
        if not folder.exists():
            site = read_site(self.site)
            write_login(folder, site.address, site.authority, identity(desk))
        return read_login(folder)

    def start(self) -> None:
        """Start the broker and wait until it answers."""
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        log = (self.folder / "mosquitto.log").open("ab")
        command = [program, "-c", str(self.folder / "mosquitto.conf")]
        self._process = subprocess.Popen(command, stdout=log, stderr=log)
        log.close()
        wait_for(lambda: all(map(answers, filter(None, (self.port, self.page_port)))), "Mosquitto")

    def stop(self) -> None:
        """End it as systemd does, so that it writes down what it keeps."""
        if self._process:
            self._process.terminate()
            self._process.wait(PATIENCE_S)
            self._process = None


@contextmanager
def joined(login: Login, name: str) -> Iterator[Client]:
    """A client that is in."""
    client = make_client(login, name)
    connect(client, login)
    yield client
    hang_up(client)


def publish(client: Client, where: str, payload: bytes = b"{}", *, retain: bool = False) -> str:
    """Publish with QoS 1; the broker's word on it."""
    codes: list[str] = []
    client.on_publish = lambda _c, _u, _mid, code, _p: codes.append(str(code))
    client.publish(where, payload, qos=1, retain=retain)
    wait(client, lambda: codes, "the broker says nothing")
    return codes[0]
