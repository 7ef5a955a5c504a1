"""Carries a push out: hears the site, writes the journal, publishes."""

import time
from collections.abc import Callable
from typing import Any, Final

from paho.mqtt.client import Client, MQTTMessage

from firmware_py.contract.configuration import desired_json
from firmware_py.contract.payloads import utc
from firmware_py.contract.topics import CONFIG_DESIRED, topic
from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.client import LOOK_S, WAIT_S, connect, hang_up, make_client, subscribe
from firmware_py.fleet.floor_watch import HEARD, FloorWatch
from firmware_py.fleet.login import Login
from firmware_py.fleet.names import prefix
from firmware_py.fleet.push import Entry, Push
from firmware_py.fleet.push_journal import Journal
from firmware_py.fleet.push_steps import next_entry
from firmware_py.settings.config import Desk

QUIET_S: Final = 1.0
"""So long without a message, and the broker has said all that it keeps."""
RETRY_S: Final = 5.0
"""Between two tries to reach a broker that went away."""


class Listening:
    """A line to the broker that fills a FloorWatch, and comes back when it is lost."""

    def __init__(self, login: Login, name: str) -> None:
        """Connect, as client ``name``.

        Raises:
            DeskcueError: the broker is away, or refuses.
        """
        self.floor, self.problem, self._retry_at = FloorWatch(), "", 0.0
        self._login, self._name = login, name
        self._waiting: dict[int, tuple[Desk, str]] = {}
        """Message id -> what the broker has not acknowledged yet."""
        self._denied = ""
        self._client = self._joined()

    def _joined(self) -> Client:
        client = make_client(self._login, self._name)
        client.on_message, client.on_publish = self._hear, self._answered
        connect(client, self._login)
        root = f"{prefix(self._login.site)}/+/+"
        subscribe(client, [(f"{root}/{one.path.format(kind='+')}", one.qos) for one in HEARD])
        return client

    def _answered(self, _c: Client, _u: object, mid: int, code: Any, _p: object) -> None:
        desk, _ = self._waiting.pop(mid)
        if code.is_failure:
            self._denied = f"the broker refuses settings for {desk.floor}/{desk.desk} ({code})"

    def _hear(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        self.floor.hear(message.topic, bytes(message.payload))

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
        """Listen until the broker has said all that it keeps."""
        heard, until = -1, 0.0
        while heard != self.floor.heard or time.monotonic() < until:
            if heard != self.floor.heard:
                heard, until = self.floor.heard, time.monotonic() + QUIET_S
            self.look()

    def publish(self, desk: Desk, payload: str) -> None:
        """Have a desk's settings kept by the broker."""
        where = topic(desk, CONFIG_DESIRED)
        sent = self._client.publish(where, payload, CONFIG_DESIRED.qos, CONFIG_DESIRED.retain)
        self._waiting[sent.mid] = (desk, payload)

    def close(self) -> None:
        """Send what waits, and say goodbye."""
        until = time.monotonic() + WAIT_S
        while self._waiting and not self.problem and not self._denied:
            if self._client.loop(LOOK_S) or time.monotonic() > until:
                return
        if not self.problem:
            hang_up(self._client)


class Runner:
    """Does what the push decides."""

    def __init__(
        self,
        push: Push,
        line: Listening,
        journal: Journal,
        clock: Callable[[], float],
        look_s: float = LOOK_S,
    ) -> None:
        """Prepare.

        Args:
            push: what decides.
            line: what hears and publishes.
            journal: where everything is written down first.
            clock: seconds since the epoch.
            look_s: how long one look waits for a message.
        """
        self.push, self._line, self._journal, self._clock = push, line, journal, clock
        self._before, self._look_s = clock(), look_s

    def step(self) -> list[Entry]:
        """Look once, and do what is due; the entries, as they were written."""
        there, now = self._line.look(self._look_s), self._clock()
        if not there:  # what was not heard cannot be judged
            self.push.since += now - self._before
        self._before = now
        done: list[Entry] = []
        while there and (entry := next_entry(self.push, now)):
            self.do(entry)
            done.append(entry)
        return done

    def do(self, entry: Entry) -> None:
        """Write an entry down, and then do it.

        Raises:
            DeskcueError: it cannot be written, and so was not done.
        """
        now = self._clock()
        self._journal.write(utc(now), entry.what, entry.details)
        for desk, desired in self.push.apply(entry, now):
            self._line.publish(desk, desired_json(desired))
