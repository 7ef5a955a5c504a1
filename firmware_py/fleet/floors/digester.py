"""Publishes the digest: listens to every desk's health, looks into the collector's database."""

import datetime
import json
import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import MQTTErrorCode

from firmware_py.contract.digest import CONDITION, COUNTS
from firmware_py.contract.topics import HEALTH
from firmware_py.fleet.broker.client import (
    LOOK_S,
    connect,
    hang_up,
    make_client,
    subscribe,
    topic_of,
)
from firmware_py.fleet.broker.hourly_log import HourlyLog
from firmware_py.fleet.broker.login import Login
from firmware_py.fleet.broker.reading import CountingReader
from firmware_py.fleet.broker.reconnecting import connections
from firmware_py.fleet.broker.trouble_log import TroubleLog
from firmware_py.fleet.floors.digest import HourlyCounts, condition, condition_topic, counts
from firmware_py.fleet.names import prefix
from firmware_py.fleet.storage.store import Store, StoreError

_log = logging.getLogger(__name__)

EVERY_S: Final = 60.0
"""How often counts are published; all of a minute's events at once."""


class Digester:
    """Keeps a connection and says over it what the page may see."""

    def __init__(
        self,
        login: Login,
        store: Store,
        now: Callable[[], datetime.datetime],
        every_s: float = EVERY_S,
    ) -> None:
        """Prepare.

        Args:
            login: one that may read health and publish the digest.
            store: the collector's database.
            now: the time, UTC.
            every_s: how often to count.
        """
        self._login, self._store, self._now, self._every_s = login, store, now, every_s
        self._hourly = HourlyCounts(store, login.site)
        self._floors: set[str] = set()
        """Of which something was heard; one where nothing was found for a day is counted, too."""
        self._next_count = 0.0
        self._database = TroubleLog("the database")
        self._reader = CountingReader()
        self._malformed = HourlyLog("messages are not as the contract says and were left out")

    def run(self, stop: threading.Event, alive: Callable[[], None] = lambda: None) -> None:
        """Work until stopped; ``alive`` is called several times a second.

        Raises:
            DeskcueError: a file of the login cannot be used.
        """
        for client in connections(self._client, self._join, stop, alive):
            self._serve(client, stop, alive)

    def _client(self) -> Client:
        client = make_client(self._login, f"deskcue-digest-{self._login.site}")
        client.on_message = self._take
        return client

    def _join(self, client: Client) -> None:
        connect(client, self._login)
        subscribe(client, [(f"{prefix(self._login.site)}/+/+/{HEALTH.path}", 0)])

    def _serve(self, client: Client, stop: threading.Event, alive: Callable[[], None]) -> None:
        self._next_count = 0.0
        while not stop.is_set():
            alive()
            self._malformed.look(self._reader.malformed, self._reader.last)
            if client.loop(LOOK_S) != MQTTErrorCode.MQTT_ERR_SUCCESS:
                _log.warning("the line to the broker is lost")
                return
            if time.monotonic() >= self._next_count:
                self._count(client)
        hang_up(client)

    def _take(self, client: Client, _data: object, message: MQTTMessage) -> None:
        """Pass on what of a desk's health may be seen; where it was deleted, so is that."""
        where = topic_of(message).removesuffix(HEALTH.path) + CONDITION.path
        payload = ""
        if message.payload:
            health = self._reader.read(topic_of(message), bytes(message.payload))
            if health is None:
                return
            self._floors.add(health.desk.floor)
            where = condition_topic(health.desk)
            payload = json.dumps(condition(health.content), ensure_ascii=False)
        client.publish(where, payload, CONDITION.qos, CONDITION.retain)

    def _count(self, client: Client) -> None:
        self._next_count = time.monotonic() + self._every_s
        try:
            now = self._now()
            floors = self._hourly.floors(now)
        except StoreError as error:
            self._database.say(str(error))
            return
        self._database.say("")
        self._floors |= floors.keys()
        for floor in sorted(self._floors):
            where = f"{prefix(self._login.site)}/{floor}/{COUNTS.path}"
            client.publish(where, counts(floors.get(floor, ()), now), COUNTS.qos, COUNTS.retain)
