"""The broker beside the container: a real Mosquitto, and somebody who takes down what arrives."""

import json
import socket
import subprocess
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from lab.boot.container import BootError, soon

PORT: Final = 1883
"""In a name space of our own every port is free."""


@dataclass
class Broker:
    """Lives as long as the ``with``; outlives every container."""

    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By id, the first copy."""
    copies: Counter[str] = field(default_factory=Counter)
    """How often each id arrived."""

    def __enter__(self) -> Self:
        """Start both."""
        self._folder = tempfile.TemporaryDirectory()
        settings = Path(self._folder.name, "mosquitto.conf")
        settings.write_text(f"listener {PORT} 127.0.0.1\nallow_anonymous true\n", "ascii")
        self._process = subprocess.Popen(
            ["mosquitto", "-c", str(settings)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        if soon(_answers) is None:
            raise BootError("mosquitto does not start")
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.on_message = self._take
        self._client.on_connect = lambda client, *_: client.subscribe("deskcue/#", qos=1)
        self._client.connect("127.0.0.1", PORT)
        self._client.loop_start()
        return self

    def __exit__(self, *_: object) -> None:
        """End both."""
        self._client.loop_stop()
        self._process.terminate()
        self._process.wait()
        self._folder.cleanup()

    def _take(self, _client: object, _data: object, message: MQTTMessage) -> None:
        told = json.loads(message.payload) if message.payload else {}
        if "specversion" in told:
            self.copies[told["id"]] += 1
            self.events.setdefault(told["id"], told)

    @property
    def kinds(self) -> set[str]:
        """Kinds of the events that arrived."""
        return {str(one["data"]["kind"]) for one in [*self.events.values()]}

    @property
    def rules(self) -> list[str]:
        """Rules of the Findings that arrived, in the order of their coming."""
        return [
            str(one["data"]["rule"]) for one in [*self.events.values()] if "rule" in one["data"]
        ]


def _answers() -> bool:
    try:
        socket.create_connection(("127.0.0.1", PORT), 1).close()
    except OSError:
        return False
    return True
