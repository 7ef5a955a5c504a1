"""A line to the broker for whoever listens for long: it is made anew when it is lost."""

import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from paho.mqtt.client import Client, MQTTMessage

from firmware_py.contract.topics import CONFIG_DESIRED, Channel, topic
from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.broker.client import (
    LOOK_S,
    WAIT_S,
    connect,
    hang_up,
    make_client,
    subscribe,
    topic_of,
)
from firmware_py.fleet.broker.login import Login
from firmware_py.fleet.names import prefix
from firmware_py.settings.config import Desk

QUIET_S: Final = 1.0
"""So long without a message that it kept, and the broker has told them all."""
RETRY_S: Final = 5.0
"""Between two tries to reach a broker that went away."""


class Listening:
    """A line to the broker that hears the desks of a site, and comes back when it is lost."""

    def __init__(
        self,
        login: Login,
        name: str,
        channels: Sequence[Channel],
        hear: Callable[[str, bytes], object],
    ) -> None:
        """Connect.

        Args:
            login: one that may read.
            name: client id, which nobody else may have.
            channels: what to hear of every desk.
            hear: takes topic and payload of each message.

        Raises:
            DeskcueError: the broker is away, or refuses.
        """
        self.problem, self._retry_at = "", 0.0
        """Why nothing is heard; empty while the line holds."""
        self._login, self._name, self._channels, self._take = login, name, channels, hear
        self._kept = 0
        self._waiting: dict[int, tuple[Desk, str]] = {}
        """Message id -> what the broker has not acknowledged yet."""
        self._denied = ""
        self._client = self._joined()

    def _joined(self) -> Client:
        client = make_client(self._login, self._name)
        client.on_message, client.on_publish = self._hear, self._answered
        connect(client, self._login)
        root = f"{prefix(self._login.site)}/+/+"
        subscribe(
            client, [(f"{root}/{one.path.format(kind='+')}", one.qos) for one in self._channels]
        )
        return client

    def _answered(self, _c: Client, _u: object, mid: int, code: Any, _p: object) -> None:
        desk, _ = self._waiting.pop(mid)
        if code.is_failure:
            self._denied = f"the broker refuses settings for {desk.floor}/{desk.desk} ({code})"

    def _hear(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        self._kept += message.retain  # a busy floor is never silent
        self._take(topic_of(message), bytes(message.payload))

    def look(self, wait_s: float = LOOK_S) -> bool:
        """Take in what comes; False while the line is lost, which is then made anew.

        Raises:
            DeskcueError: the broker refuses what was published.
        """
        if self._denied:
            raise DeskcueError(f"{self._denied}; {self._login.folder} may not give settings")
        if not self.problem and not self._client.loop(wait_s):
            return True
        self.problem = self.problem or f"the line to the broker {self._login.where} is lost"
        if time.monotonic() < self._retry_at:
            time.sleep(wait_s)
            return False
        self._retry_at = time.monotonic() + RETRY_S
        try:
            self._client = self._joined()
        except DeskcueError as error:
            self.problem = str(error)
        else:
            self.problem, lost = "", [*self._waiting.values()]
            self._waiting.clear()
            for one in lost:
                self.publish(*one)
        return not self.problem

    def settle(self) -> None:
        """Listen until the broker has said all that it keeps.

        Raises:
            DeskcueError: it was lost in between.
        """
        kept, until = -1, 0.0
        while kept != self._kept or time.monotonic() < until:
            if kept != self._kept:
                kept, until = self._kept, time.monotonic() + QUIET_S
            self.look()
        if self.problem:
            raise DeskcueError(self.problem)

    def publish(self, desk: Desk, payload: str) -> None:
        """Have a desk's settings kept by the broker."""
        where = topic(desk, CONFIG_DESIRED)
        sent = self._client.publish(where, payload, CONFIG_DESIRED.qos, CONFIG_DESIRED.retain)
        self._waiting[sent.mid] = (desk, payload)

    def close(self) -> None:
        """Send what waits, and say goodbye."""
        self._say_goodbye()
        # Client and self name each other; freed here and now, it closes its sockets in order.
        self._client.on_message = self._client.on_publish = None
        del self._client

    def _say_goodbye(self) -> None:
        until = time.monotonic() + WAIT_S
        while self._waiting and not self.problem and not self._denied:
            if self._client.loop(LOOK_S) or time.monotonic() > until:
                return
        if not self.problem:
            hang_up(self._client)
