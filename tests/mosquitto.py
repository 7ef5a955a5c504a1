"""A real Mosquitto on a free loopback port, and someone who listens to it."""

import contextlib
import json
import random
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from tests.contract.validity import assert_valid

PATIENCE_S = 60.0
"""A busy machine may take so long; on a good one nothing waits for it."""
PORTS = range(20_000, 30_000)
"""Below those that Linux gives to whoever connects, which may take a free one at any time."""


def free_port() -> int:
    """A loopback port that nobody uses, and hardly anybody will before we do."""
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def wait_for(condition: Callable[[], object], what: str) -> None:
    """Wait until something is so; a test that waits in vain fails with what it waited for."""
    until = time.monotonic() + PATIENCE_S
    tick = threading.Event()
    while not condition():
        assert time.monotonic() < until, f"waited in vain for {what}"
        tick.wait(0.01)


def answers(port: int) -> bool:
    """Whether somebody listens there."""
    try:
        socket.create_connection(("127.0.0.1", port), PATIENCE_S).close()
    except OSError:
        return False
    return True


@dataclass
class Mosquitto:
    """A broker that can be stopped and started again on the same port."""

    folder: Path
    user: str = ""
    more: tuple[str, ...] = ()
    """Further lines of its settings."""
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start it and wait until it answers."""
        settings = [f"listener {self.port} 127.0.0.1", "persistence false"]
        if self.user:
            passwords = self.folder / "passwords"
            subprocess.run(
                ["mosquitto_passwd", "-b", "-c", passwords, self.user, "secret"],
                check=True,
                capture_output=True,
            )
            passwords.chmod(0o644)
            settings += [f"password_file {passwords}", "allow_anonymous false", "user root"]
        else:
            settings += ["allow_anonymous true"]
        settings += self.more
        path = self.folder / "mosquitto.conf"
        path.write_text("\n".join(settings) + "\n", encoding="utf-8")
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        self._process = subprocess.Popen(
            [program, "-c", path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_for(lambda: answers(self.port), "Mosquitto")

    def stop(self) -> None:
        """Kill it."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None


class Listener:
    """Hears everything that is published on a broker."""

    def __init__(self, port: int) -> None:
        self.messages: list[tuple[str, Any, bool]] = []
        """Topic, content, and whether it was retained."""
        self._ready = threading.Event()
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.on_connect = lambda client, *_: client.subscribe("#", 1)
        self._client.on_subscribe = lambda *_: self._ready.set()
        self._client.on_message = self._hear
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert self._ready.wait(PATIENCE_S)

    def _hear(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        self.messages.append((message.topic, json.loads(message.payload), message.retain))

    def on(self, part: str) -> list[Any]:
        """Contents of the messages on topics that hold ``part``."""
        return [content for topic, content, _ in self.messages if part in topic]

    def close(self) -> None:
        """Hang up; fails if a desk sent what the contract does not allow."""
        self._client.disconnect()
        self._client.loop_stop()
        for topic, content, _ in self.messages:
            if topic.startswith("deskcue/"):
                assert_valid(topic, content)
