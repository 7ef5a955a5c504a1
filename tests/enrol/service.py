"""A site with a real enrolment service, and devices that cloud-init has laid files on."""

import datetime
import json
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from firmware_py.enrol.enrolling import Machine, enrol
from firmware_py.enrol.service import WallClock
from firmware_py.fleet.broker.login import Address
from firmware_py.fleet.enrolment.boot_files import Order
from firmware_py.fleet.enrolment.desk_list import Place
from firmware_py.fleet.enrolment.issuing import issue
from firmware_py.fleet.enrolment.ledger import Certificate, Ledger
from firmware_py.fleet.enrolment.rules import Enrolment
from firmware_py.fleet.enrolment.server import Server
from firmware_py.fleet.sites.certificates import Authority, Pair
from firmware_py.fleet.sites.site import init_site
from firmware_py.settings.config import Desk
from tests.mosquitto import free_port

SITE = "nanjing"
DESK = Desk(SITE, "3", "3-17")
DAY_S = 86_400.0


@dataclass
class Device:
    """What a desk's device has on disk, and its clock."""

    root: Path
    now: Callable[[], float]
    clock_set: list[float] = field(default_factory=list)
    restarts: int = 0

    @property
    def folder(self) -> Path:
        """Its ``/etc/deskcue``."""
        return self.root / "etc"

    @property
    def user_data(self) -> Path:
        """On its boot partition."""
        return self.root / "boot" / "user-data"

    def enrol(self) -> str:
        """Do what ``deskcue enrol`` does."""
        clock = WallClock(self.now, self.clock_set.append)
        caches = [self.root / "cloud"]
        return enrol(self.folder, Machine(self._restart, clock, [self.user_data], caches))

    def _restart(self) -> None:
        self.restarts += 1

    def holding(self, text: str) -> list[str]:
        """Files that hold a text."""
        return [
            str(path.relative_to(self.root))
            for path in self.root.rglob("*")
            if path.is_file() and text.encode() in path.read_bytes()
        ]


@dataclass
class Service:
    """The service, its site, and the day it is."""

    root: Path
    port: int = field(default_factory=free_port)
    ahead_s: float = 0.0
    """How far its clock is before the real one."""
    _server: Server | None = None

    def __post_init__(self) -> None:
        init_site(Address(SITE, "127.0.0.1", 8883), [], self.site, None)

    @property
    def site(self) -> Path:
        """The site's folder."""
        return self.root / "site"

    def now(self) -> datetime.datetime:
        """What its clock says."""
        return datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=self.ahead_s)

    @property
    def authority(self) -> Authority:
        """What signs."""
        pair = [(self.site / name).read_bytes() for name in ("ca.pem", "private/ca.key")]
        return Authority(Pair(*pair), self.now)

    def start(self) -> None:
        """Begin to answer."""
        enrolment = Enrolment(self.site, self.authority)
        self._server = Server(("127.0.0.1", self.port), enrolment, ["127.0.0.1"])
        threading.Thread(target=self._server.serve_forever, args=(0.01,)).start()

    def stop(self) -> None:
        """End it."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def give(self, desk: Desk = DESK) -> tuple[str, dict[str, str]]:
        """Give a desk a token: the token, and the boot files."""
        out = self.root / f"order-{len([*self.root.iterdir()])}"
        address = Address(SITE, "127.0.0.1", 8883)
        made = self.now().timestamp()
        order = Order(address, f"127.0.0.1:{self.port}", self.authority.pem, made)
        issue(self.site, order, [Place(desk, "desk-1")], out)
        files = {path.name: path.read_text("utf-8") for path in (out / "desk-1").iterdir()}
        laid = {one["path"]: one["content"] for one in user_data(files)["write_files"]}
        token = laid["/etc/deskcue/enrolment.toml"].split('token = "')[1].split('"')[0]
        return token, files

    def device(self, files: dict[str, str], name: str = "device") -> Device:
        """Lay boot files onto a device, as cloud-init does."""
        made = Device(self.root / name, lambda: self.now().timestamp())
        for folder in ("etc", "boot", "cloud/instance"):
            (made.root / folder).mkdir(parents=True, exist_ok=True)
        for one in user_data(files)["write_files"]:
            path = made.folder / Path(one["path"]).name
            path.write_text(one["content"], "utf-8")
        for path in (made.user_data, made.root / "cloud/instance/user-data.txt"):
            path.write_text(files["user-data"], "utf-8")
        return made

    def certificates(self) -> list[Certificate]:
        """What it has signed."""
        with closing(Ledger(self.site)) as ledger:
            return ledger.certificates()


def user_data(files: dict[str, str]) -> dict[str, list[dict[str, str]]]:
    """What cloud-init reads; of ASCII names it is JSON."""
    head, _, rest = files["user-data"].partition("\n")
    assert head == "#cloud-config"
    read: dict[str, list[dict[str, str]]] = json.loads(rest)
    return read
