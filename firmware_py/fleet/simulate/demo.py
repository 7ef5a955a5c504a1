"""A whole made-up site on one machine: broker, desks, collector, digest, and the page to see it."""

import contextlib
import datetime
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.broker.login import Address, read_login
from firmware_py.fleet.collect.collector import Collector, Settings
from firmware_py.fleet.floors.digester import Digester
from firmware_py.fleet.floors.page import page
from firmware_py.fleet.simulate import made_up
from firmware_py.fleet.simulate.simulator import Simulator, enrolled
from firmware_py.fleet.sites.mosquitto import PAGE, SUPERVISOR
from firmware_py.fleet.sites.site import init_site, read_site
from firmware_py.fleet.storage.store import Store

_HOST: Final = "127.0.0.1"
_PATIENCE_S: Final = 20.0
_COUNTED_S: Final = 5.0
_TROUBLE_S: Final = 4.0


@dataclass(frozen=True, slots=True)
class Demo:
    """A site at work."""

    simulator: Simulator
    url: str
    """Of the page; whoever has it is signed in."""
    supervisor: str
    """Password that also shows single events."""

    def run(self, until: Callable[[], object]) -> None:
        """Let desks live until something is so; asked many times a second."""
        next_trouble = time.monotonic() + _TROUBLE_S
        while not until():
            self.simulator.step()
            if time.monotonic() >= next_trouble:
                next_trouble = time.monotonic() + _TROUBLE_S
                made_up.trouble(self.simulator.desks)


@contextlib.contextmanager
def demo_floor(desks: int, rate: float) -> Iterator[Demo]:
    """Start everything; it is gone at the end.

    Args:
        desks: how many.
        rate: events a second, of all together.

    Raises:
        DeskcueError: there is no Mosquitto, it does not start, or the page is not there.
    """
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="deskcue-")))
        ports = [_free_port() for _ in range(3)]
        site = _make_site(folder, *ports)
        stack.enter_context(_broker(folder, ports))
        logins = stack.enter_context(enrolled(read_site(site), desks, _on_a_floor(desks), "{}"))
        store = _store(stack, folder)
        store.add([*made_up.past([one for one, _ in logins], _now(), 12)])
        _serve(stack, site, folder)
        simulator = Simulator(logins, rate)
        for desk in simulator.desks:
            desk.find = made_up.find
        stack.callback(simulator.close, 2.0)
        brought = urlencode({"name": PAGE, "password": _password(site, PAGE)})
        url = f"http://{_HOST}:{ports[2]}/#{brought}"
        yield Demo(simulator, url, _password(site, SUPERVISOR))


def _make_site(folder: Path, port: int, page_port: int, plain_port: int) -> Path:
    """A site whose broker also serves the page, without TLS: browsers do not know its authority."""
    site = folder / "site"
    init_site(Address("demo", _HOST, port), [], site, None, page_port)
    (site / "page" / "index.html").write_bytes(page())
    (site / "broker" / "demo.conf").write_text(
        f"listener {plain_port} {_HOST}\nprotocol websockets\nhttp_dir {site}/page\n", "utf-8"
    )
    # Mosquitto gives up root's rights, and then a temporary folder is closed to it.
    (folder / "mosquitto.conf").write_text(f"user root\ninclude_dir {site}/broker\n", "utf-8")
    return site


@contextlib.contextmanager
def _broker(folder: Path, ports: list[int]) -> Iterator[None]:
    program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
    if program is None:
        raise DeskcueError("there is no mosquitto; sudo apt-get install mosquitto")
    log = folder / "mosquitto.log"
    with log.open("wb") as out:
        command = [program, "-c", str(folder / "mosquitto.conf")]
        process = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)
    try:
        until = time.monotonic() + _PATIENCE_S
        while not all(map(_answers, ports)):
            if process.poll() is not None or time.monotonic() > until:
                last = log.read_text("utf-8", "replace").splitlines()[-1:]
                raise DeskcueError(f"Mosquitto does not start: {' '.join(last)}")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait()


def _serve(stack: contextlib.ExitStack, site: Path, folder: Path) -> None:
    """Run collector and digest, each in a thread."""
    stop = threading.Event()
    login = read_login(site / "logins" / "reader")
    collector = Collector(login, _store(stack, folder), Settings("demo"))
    digest = read_login(site / "logins" / "digest")
    digester = Digester(digest, _store(stack, folder), _now, _COUNTED_S)
    for run in (collector.run, digester.run):
        thread = threading.Thread(target=run, args=(stop,))
        thread.start()
        stack.callback(thread.join)
    stack.callback(stop.set)


def _store(stack: contextlib.ExitStack, folder: Path) -> Store:
    made = Store(f"sqlite:///{folder}/events.db", _now)
    stack.callback(made.close)
    made.prepare()
    return made


def _password(site: Path, name: str) -> str:
    text = (site / "logins" / f"{name}.txt").read_text("utf-8")
    return text.rpartition("password: ")[2].strip()


def _on_a_floor(desks: int) -> int:
    """Two small floors, or many of a hundred."""
    return min(100, max(5, -(-desks // 2)))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((_HOST, port), 1):
        return True
    return False


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
