"""The collector: takes the events of a site from the broker into a database.

MQTT 5 with a session that the broker keeps, so messages wait for a collector that is away. One is
acknowledged once it is committed: killed in between, it comes again and is kept once. A database
that is away holds up the acknowledgements, and the broker keeps the rest.

Several collectors may share the load by a shared subscription. It is not the default, for Mosquitto
(2.0.11, tried) forgets shared subscriptions when it restarts, though not their messages: what desks
send between its restart and the collectors' return, nobody would get.
"""

import datetime
import json
import logging
import select
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import MQTTErrorCode

from firmware_py.contract.topics import EVENT, topic
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
from firmware_py.fleet.broker.reading import Message
from firmware_py.fleet.broker.reconnecting import connections
from firmware_py.fleet.broker.trouble_log import TroubleLog
from firmware_py.fleet.collect.silence import Silence
from firmware_py.fleet.collect.sorting import sort
from firmware_py.fleet.names import check_name, prefix
from firmware_py.fleet.storage.store import Refusal, Store, StoreError, UnfitError

_log = logging.getLogger(__name__)

BATCH: Final = 1000
"""Most messages in one transaction, and on their way from the broker at once."""
SESSION_S: Final = 7 * 24 * 3600
"""How long the broker keeps messages for a collector that is away."""
_PRUNE_S: Final = 3600.0
_AGAIN_S: Final = 1.0
"""How long a database that refuses is left alone."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a collector works."""

    name: str = "1"
    """Tells collectors of one site apart; the broker keeps messages by it."""
    keep: datetime.timedelta = datetime.timedelta(days=90)
    """How long events are kept."""
    share: bool = False
    """Whether collectors with other names take their part of the messages."""


class Collector:
    """Keeps a connection and writes down what comes over it."""

    def __init__(self, login: Login, store: Store, settings: Settings) -> None:
        """Prepare.

        Raises:
            DeskcueError: the collector's name is not good.
        """
        self._name = f"deskcue-collector-{check_name(settings.name, 'collector')}"
        plain = f"{prefix(login.site)}/+/+/{EVENT.path.format(kind='+')}"
        both = (plain, f"$share/deskcue/{plain}")
        self._wanted, self._unwanted = both[::-1] if settings.share else both
        self._login, self._store, self._settings = login, store, settings
        self._waiting: list[MQTTMessage] = []
        """Neither committed nor acknowledged."""
        self._silence = Silence(login, f"{self._name}-silence", share=settings.share)
        self._database = TroubleLog("the database")
        self._next_prune = self._next_write = 0.0
        self.written = 0
        """Messages committed and acknowledged since the start, refused ones included."""
        self.let_go = 0
        """Messages of QoS 0, which promise nothing, that came while there was no room."""
        self._let_go_log = HourlyLog("messages of QoS 0 were let go, for the database is away")

    def run(self, stop: threading.Event, alive: Callable[[], None] = lambda: None) -> None:
        """Work until stopped; ``alive`` is called several times a second.

        Raises:
            DeskcueError: a file of the login cannot be used.
        """
        for client in connections(self._client, self._join, stop, alive):
            _log.info("connected to the broker %s", self._login.where)
            self._serve(client, stop, alive)

    @property
    def waiting(self) -> int:
        """Messages in memory that are neither committed nor acknowledged."""
        return len(self._waiting)

    def _take(self, message: MQTTMessage) -> None:
        """Keep a message; of those without acknowledgement no more than fit beside the others."""
        if message.qos == 0 and self.waiting >= BATCH:
            self.let_go += 1
            return
        self._waiting.append(message)

    def _client(self) -> Client:
        client = make_client(self._login, self._name, manual_ack=True)
        client.on_message = lambda _c, _u, message: self._take(message)
        return client

    def _join(self, client: Client) -> None:
        self._waiting.clear()  # what was not acknowledged comes again
        connect(client, self._login, session_s=SESSION_S, receive_maximum=BATCH)
        subscribe(client, [(self._wanted, EVENT.qos)])
        client.unsubscribe(self._unwanted)  # of the same session, before it was set otherwise
        self._silence.begin()

    def _serve(self, client: Client, stop: threading.Event, alive: Callable[[], None]) -> None:
        while not stop.is_set():
            alive()
            there = _gather(client, self._waiting)
            self._write(client)
            self._prune()
            self._let_go_log.look(self.let_go)
            self._silence.look(came=bool(self.written or self.waiting or self.let_go))
            if not there:
                _log.warning("the line to the broker is lost; messages wait there")
                return
        hang_up(client)

    def _write(self, client: Client) -> None:
        """Commit what waits, then acknowledge it; where the database refuses, it waits on."""
        if not self._waiting or time.monotonic() < self._next_write:
            return
        try:
            self._commit(*sort((topic_of(one), bytes(one.payload)) for one in self._waiting))
        except StoreError as error:
            self._database.say(f"{error}; messages wait at the broker")
            self._next_write = time.monotonic() + _AGAIN_S
            return
        self._database.say("")
        for message in self._waiting:
            client.ack(message.mid, message.qos)
        self.written += len(self._waiting)
        self._waiting.clear()

    def _commit(self, messages: list[Message], refused: list[Refusal]) -> None:
        """Write all at once, or, where one does not fit, each for itself and that one aside."""
        try:
            self._store.add(messages, refused)
            return
        except UnfitError as error:
            if not messages:
                raise
            _log.warning("%s; each for itself now", error)
        for one in messages:
            try:
                self._store.add([one])
            except UnfitError as error:
                refused.append(_unfit(one, str(error)))
        self._store.add([], refused)

    def _prune(self) -> None:
        if time.monotonic() < self._next_prune:
            return
        try:
            gone = self._store.forget(self._settings.keep)
        except StoreError as error:
            self._database.say(str(error))
            return
        self._next_prune = time.monotonic() + _PRUNE_S
        if gone:
            _log.info("deleted %d events older than %d days", gone, self._settings.keep.days)


def _gather(client: Client, waiting: list[MQTTMessage]) -> bool:
    """Wait a moment for messages and take those that are there; False once the line is lost."""
    going = client.loop(LOOK_S) == MQTTErrorCode.MQTT_ERR_SUCCESS
    while going and len(waiting) < BATCH and _has_more(client):
        going = client.loop_read() == MQTTErrorCode.MQTT_ERR_SUCCESS
    return going


def _has_more(client: Client) -> bool:
    line = client.socket()
    if line is None:
        return False
    pending = getattr(line, "pending", lambda: 0)()  # what TLS has read ahead
    return bool(pending or select.select([line], [], [], 0)[0])


def _unfit(message: Message, why: str) -> Refusal:
    body = json.dumps(message.content, ensure_ascii=False).encode()
    return Refusal(topic(message.desk, message.channel, message.content["data"]["kind"]), why, body)
