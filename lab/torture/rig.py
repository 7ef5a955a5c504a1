"""Broker, uplink, a desk that finds things, and a listener; each can be killed or taken away."""

import contextlib
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from firmware_py.core.errors import DeskcueError
from firmware_py.core.types import Cue, Finding
from firmware_py.demo.broker import find_mosquitto, free_port
from firmware_py.fleet.broker.login import Address, read_login
from firmware_py.fleet.names import identity
from firmware_py.fleet.sites.site import init_site, read_site, write_login
from firmware_py.outbox.event import Stamp, to_event
from firmware_py.outbox.sink import OutboxSink
from firmware_py.outbox.store import Outbox
from firmware_py.settings.config import Desk

DESK: Final = Desk("lab", "1", "1-1")
_PATIENCE_S: Final = 300.0
_LOOK_S: Final = 0.01


_STILL_S: Final = 3.0
"""So long without a delivery, and no more comes."""


def wait_for(condition: Callable[[], object], what: str, patience_s: float = _PATIENCE_S) -> None:
    """Wait until something is so.

    Raises:
        DeskcueError: it took too long.
    """
    until = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > until:
            raise DeskcueError(f"waited {patience_s:.0f} s in vain for {what}")
        time.sleep(_LOOK_S)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One delivery of an event."""

    id: str
    number: int
    """Counts the events that the desk found."""
    flagged: bool
    """Whether it says that it may be there twice: ``replayed``, or MQTT's own mark."""
    at: float
    """Monotonic seconds."""


@dataclass
class Program:
    """A process that dies and comes back."""

    command: list[str]
    log: Path
    _process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    def start(self) -> None:
        """Start it; whether it is of use yet, somebody else must ask."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self.command, stdout=log, stderr=log)

    def send(self, what: signal.Signals) -> None:
        """Send a signal to it."""
        if self._process:
            self._process.send_signal(what)

    def kill(self) -> None:
        """SIGKILL."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None


class Listener:
    """Keeps a session with the broker and notes every event."""

    def __init__(self, folder: Path) -> None:
        """Connect as the site's reader, for as long as the broker is there."""
        self.arrivals: list[Arrival] = []
        self.ready = threading.Event()
        login = read_login(folder)
        self._client = Client(
            CallbackAPIVersion.VERSION2, "torture", protocol=MQTTProtocolVersion.MQTTv5
        )
        self._client.tls_set_context(login.tls())
        self._client.reconnect_delay_set(0.05, 0.2)  # type: ignore[arg-type]  # any number serves
        self._client.on_message = self._take
        self._client.on_connect = lambda client, *_: client.subscribe(
            "deskcue/v1/lab/+/+/event/+", 1
        )
        self._client.on_subscribe = lambda *_: self.ready.set()
        kept: Any = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        kept.SessionExpiryInterval = 86_400
        where = login.address
        self._client.connect(where.host, where.port, clean_start=False, properties=kept)
        self._client.loop_start()
        wait_for(self.ready.is_set, "the subscription")

    def _take(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        event = json.loads(message.payload)
        flagged = "replayed" in event or message.dup
        number = round(event["data"]["start"])
        self.arrivals.append(Arrival(event["id"], number, flagged, time.monotonic()))

    @property
    def numbers(self) -> set[int]:
        """Of every event that has arrived."""
        return {one.number for one in list(self.arrivals)}

    def close(self) -> None:
        """Hang up."""
        self._client.disconnect()
        self._client.loop_stop()


class Rig:
    """A desk and its site, in a folder."""

    def __init__(self, folder: Path, *, drain_per_s: float = 1000.0) -> None:
        """Make everything; nothing runs yet."""
        self.folder, self.port = folder, free_port()
        self.site, self.keys = folder / "site", folder / "desk"
        init_site(Address("lab", "127.0.0.1", self.port), [], self.site, None)
        site = read_site(self.site)
        write_login(self.keys, site.address, site.authority, identity(DESK))
        (folder / "kept").mkdir(mode=0o700)
        self.outbox_path = folder / "shelf" / "outbox.db"
        self.outbox_path.parent.mkdir(exist_ok=True)
        self._write_settings(drain_per_s)
        program = find_mosquitto()
        if program is None:
            raise DeskcueError("there is no mosquitto; sudo apt-get install mosquitto")
        self.broker = Program(
            [str(program), "-c", str(folder / "mosquitto.conf")], folder / "broker.log"
        )
        verb = ["uplink", "--config", str(folder / "deskcue.toml")]
        self.uplink = Program(
            [sys.executable, "-m", "firmware_py.cli", *verb], folder / "uplink.log"
        )
        self.found = 0
        """Events that the desk found."""

    def _write_settings(self, drain_per_s: float) -> None:
        keys, port = self.keys, self.port
        (self.folder / "deskcue.toml").write_text(
            f'[desk]\nsite = "lab"\nfloor = "1"\ndesk = "1-1"\n[broker]\nhost = "127.0.0.1"\n'
            f'port = {port}\ntls = true\nca_file = "{keys}/ca.pem"\n'
            f'cert_file = "{keys}/certificate.pem"\nkey_file = "{keys}/key.pem"\n'
            f"drain_per_s = {drain_per_s}\n"
            f'[outbox]\npath = "{self.outbox_path}"\n',
            "utf-8",
        )
        (self.folder / "mosquitto.conf").write_text(
            f"persistence true\npersistence_location {self.folder}/kept/\nuser root\n"
            f"include_dir {self.site}/broker\n",
            "utf-8",
        )

    @contextlib.contextmanager
    def shelf(self) -> Iterator[OutboxSink]:
        """The outbox as the ear has it."""
        outbox = Outbox(self.outbox_path)
        stamp = Stamp(DESK, "10086", 1, "ab" * 32, None, began=time.time())
        try:
            yield OutboxSink(outbox, stamp)
        finally:
            outbox.close()

    def find(self, sink: OutboxSink, count: int = 1) -> None:
        """Find something, so many times."""
        for _ in range(count):
            self.found += 1
            at = float(self.found)
            sink.accept(Finding("F5", "F5", "phrase", at, at, at + 0.5, Cue.RED, -0.2))

    def events(self, sink: OutboxSink, times: list[float]) -> None:
        """Find something at each of these times, seconds since the epoch, all on disk at once."""
        made = []
        for moment in times:
            self.found += 1
            at = float(self.found)
            finding = Finding("F5", "F5", "phrase", at, at, at + 0.5, Cue.RED, -0.2)
            made.append(to_event(finding, replace(sink.stamp, began=moment - at)))
        sink._outbox.append(*made)

    def start(self) -> None:
        """Start broker and uplink."""
        self.broker.start()
        self.wait_for_broker()
        self.uplink.start()

    def wait_for_broker(self) -> None:
        """Wait until it answers."""

        def answers() -> bool:
            with (
                contextlib.suppress(OSError),
                socket.create_connection(("127.0.0.1", self.port), 1),
            ):
                return True
            return False

        wait_for(answers, "Mosquitto")

    def save_sessions(self) -> None:
        """Have Mosquitto write down who listens, as it does by itself every 60 s (SIGUSR1)."""
        file = self.folder / "kept" / "mosquitto.db"
        self.broker.send(signal.SIGUSR1)
        wait_for(file.exists, "Mosquitto to write down who listens")

    def stop(self) -> None:
        """Kill what runs."""
        self.uplink.kill()
        self.broker.kill()


def settle(rig: Rig, listener: Listener) -> None:
    """Wait until nothing is on its way: the outbox is empty; what it sent has come, or is lost.

    Raises:
        DeskcueError: the outbox does not empty.
    """
    outbox = Outbox(rig.outbox_path, read_only=True)
    with contextlib.closing(outbox):
        wait_for(lambda: outbox.counts().pending == 0, "an empty outbox")
    seen, since = -1, time.monotonic()
    while len(listener.numbers) < rig.found and time.monotonic() - since < _STILL_S:
        if len(listener.arrivals) != seen:
            seen, since = len(listener.arrivals), time.monotonic()
        time.sleep(_LOOK_S)
