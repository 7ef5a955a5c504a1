"""A Mosquitto of the demo's own, on a free loopback port, and somebody who listens to it."""

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

HOST: Final = "127.0.0.1"
_PLACES: Final = "/usr/sbin:/usr/bin:/usr/local/sbin"
_PATIENCE_S: Final = 20.0


def find_mosquitto() -> str | None:
    """Path of the broker; Debian keeps it out of a plain user's path."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path=_PLACES)


def free_port() -> int:
    """Find a loopback port that nobody uses."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def local_broker() -> Iterator[int | None]:
    """Run a broker; give its port, or None where there is none or it does not start."""
    program, port = find_mosquitto(), free_port()
    if program is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="deskcue-") as folder:
        settings = Path(folder) / "mosquitto.conf"
        settings.write_text(f"listener {port} {HOST}\nallow_anonymous true\n", "utf-8")
        broker = subprocess.Popen(
            [program, "-c", settings], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            yield port if _answers(port) else None
        finally:
            broker.terminate()
            broker.wait()


def _answers(port: int) -> bool:
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        try:
            socket.create_connection((HOST, port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return True
    return False


class Arrivals:
    """Counts the events that a broker hands on, by kind."""

    def __init__(self, port: int) -> None:
        """Listen to everything on the broker."""
        self.by_kind: Counter[str] = Counter()
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.on_connect = lambda client, *_: client.subscribe("deskcue/v1/+/+/+/event/#", 1)
        self._client.on_message = self._hear
        self._client.connect(HOST, port)
        self._client.loop_start()

    def _hear(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        self.by_kind[message.topic.rpartition("/")[2]] += 1

    def close(self) -> None:
        """Hang up."""
        self._client.disconnect()
        self._client.loop_stop()
