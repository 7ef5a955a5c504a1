"""The uplink: carries events from the outbox to the broker, each until it is acknowledged.

MQTT 3.1.1, quality of service 1. An event leaves the outbox on its PUBACK and not before, so a
broken line, a killed process or a power cut delays events but loses none; one that may have
arrived before says that it is replayed, and its id is the same.
"""

import json
import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Final

from paho.mqtt.client import Client, MQTTMessageInfo
from paho.mqtt.enums import MQTTErrorCode

from firmware_py.calls.signals import CallSignal, send
from firmware_py.contract.payloads import (
    DeskState,
    FaultReport,
    Health,
    OutboxReport,
    State,
    to_json,
    utc,
)
from firmware_py.contract.topics import EVENT, HEALTH, STATE, Channel, topic
from firmware_py.core.errors import DeskcueError
from firmware_py.outbox.event import as_replayed, event_topic
from firmware_py.outbox.store import Outbox, Row
from firmware_py.settings.config import Config
from firmware_py.uplink.broker import WAIT_S, make_client
from firmware_py.uplink.command_subscriber import CommandSubscriber

_log = logging.getLogger(__name__)

WINDOW: Final = 20
"""Events that may be on their way at once."""
HEALTH_S: Final = 60.0
_LOOK_S: Final = 0.2
"""Longest wait before looking at the outbox again."""
_FIRST_PAUSE_S: Final = 1.0
_LONGEST_PAUSE_S: Final = 60.0


class Connection:
    """One connection to the broker, from the greeting to the loss of the line."""

    def __init__(
        self, config: Config, outbox: Outbox, now: Callable[[], float], commands: CommandSubscriber
    ) -> None:
        """Connect, wait to be let in, and say that the desk is online.

        Raises:
            DeskcueError: the broker does not answer or refuses, or a file is missing.
        """
        self._config, self._outbox, self._now = config, outbox, now
        self._on_the_way: dict[int, int] = {}
        """Message id -> id in the outbox."""
        self._last = 0
        """Last event that was handed over."""
        self._answer: Any = None
        self._client = make_client(config)
        self._client.on_connect = self._greeted
        self._client.on_publish = self._acknowledged
        self._client.will_set(
            topic(config.desk, STATE), self._state(DeskState.LOST), STATE.qos, STATE.retain
        )
        self._connect()
        commands.subscribe(self._client)
        self._since = now()
        self._next_health = self._since
        state = DeskState.DEGRADED if self._faults() else DeskState.READY
        self._publish(STATE, self._state(state))

    def _connect(self) -> None:
        broker = self._config.broker
        where = f"{broker.host}:{broker.port}"
        try:
            self._client.connect(broker.host, broker.port, broker.keepalive_s)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise DeskcueError(f"no connection to the broker {where} ({reason})") from None
        patience = time.monotonic() + WAIT_S
        while self._answer is None and time.monotonic() < patience:
            if self._client.loop(_LOOK_S) != MQTTErrorCode.MQTT_ERR_SUCCESS:
                break
        if self._answer is None:
            raise DeskcueError(f"the broker {where} does not greet; is it an MQTT broker?")
        if self._answer.is_failure:
            raise DeskcueError(
                f"the broker {where} refuses the login ({self._answer}); check username and"
                " password_file under [broker] in deskcue.toml"
            )

    def _greeted(self, _c: Client, _u: object, _flags: object, answer: Any, _p: object) -> None:
        self._answer = answer

    def _acknowledged(self, _c: Client, _u: object, mid: int, _code: object, _p: object) -> None:
        number = self._on_the_way.pop(mid, None)
        if number is not None:
            self._outbox.acknowledge(number)

    def _publish(self, channel: Channel, payload: str) -> MQTTMessageInfo:
        where = topic(self._config.desk, channel)
        return self._client.publish(where, payload, channel.qos, channel.retain)

    def _faults(self) -> tuple[FaultReport, ...]:
        """What the ear says is wrong."""
        ear = self._outbox.status("ear") or {}
        return tuple(FaultReport(**fault) for fault in ear.get("faults", ()))

    def _state(self, state: DeskState) -> str:
        codes = () if state is DeskState.LOST else tuple(one.code for one in self._faults())
        return to_json(State(state, codes, utc(self._now())))

    def work(self) -> bool:
        """Hand over what fits, take in what comes; False once the line is lost."""
        for row in self._outbox.pending(WINDOW - len(self._on_the_way), self._last):
            if not self._send(row):
                return False
        if self._now() >= self._next_health:
            self._next_health = self._now() + HEALTH_S
            self._publish(HEALTH, self._health())
        return self._client.loop(_LOOK_S) == MQTTErrorCode.MQTT_ERR_SUCCESS

    def _send(self, row: Row) -> bool:
        late = row.tried or row.kept < self._since
        event = as_replayed(row.event) if late else row.event
        self._outbox.trying(row.id)
        body = json.dumps(event, ensure_ascii=False)
        message = self._client.publish(event_topic(self._config.desk, event), body, EVENT.qos)
        if message.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            return False
        self._on_the_way[message.mid] = row.id
        self._last = row.id
        return True

    def _health(self) -> str:
        counts = OutboxReport(**asdict(self._outbox.counts()))
        ear = self._outbox.status("ear")
        return to_json(Health(utc(self._now()), self._faults(), counts, ear))

    def close(self) -> None:
        """Wait a moment for what is on its way, say goodbye, hang up."""
        patience = time.monotonic() + 2.0
        goodbye = self._publish(STATE, self._state(DeskState.LOST))
        while time.monotonic() < patience and (self._on_the_way or not goodbye.is_published()):
            if self._client.loop(_LOOK_S) != MQTTErrorCode.MQTT_ERR_SUCCESS:
                return
        self._client.disconnect()
        self._client.loop(0)


class Uplink:
    """Keeps a connection and empties the outbox through it."""

    def __init__(
        self,
        config: Config,
        outbox: Outbox,
        *,
        now: Callable[[], float] = time.time,
        send_call: Callable[[CallSignal], object] = send,
    ) -> None:
        """Prepare.

        Args:
            config: the broker, and the names of the desk.
            outbox: what to empty.
            now: seconds since the epoch.
            send_call: passes what the broker says of a call on to the ear.

        Raises:
            DeskcueError: the desk's names make no topic.
        """
        self._commands = CommandSubscriber(config.desk, send_call)
        self._config, self._outbox, self._now = config, outbox, now

    def run(self, stop: threading.Event, alive: Callable[[], None] = lambda: None) -> None:
        """Work until stopped; ``alive`` is called several times a second."""
        pause = _FIRST_PAUSE_S
        reported = ""
        while not stop.is_set():
            try:
                connection = Connection(self._config, self._outbox, self._now, self._commands)
            except DeskcueError as error:
                if str(error) != reported:
                    reported = str(error)
                    _log.warning("%s; events wait in the outbox", reported)
                self._wait(stop, pause, alive)
                pause = min(_LONGEST_PAUSE_S, 2 * pause)
                continue
            reported, pause = "", _FIRST_PAUSE_S
            _log.info("connected to the broker")
            self._serve(connection, stop, alive)

    def _serve(
        self, connection: Connection, stop: threading.Event, alive: Callable[[], None]
    ) -> None:
        while not stop.is_set():
            alive()
            if not connection.work():
                _log.warning("the line to the broker is lost; events wait in the outbox")
                return
        connection.close()

    @staticmethod
    def _wait(stop: threading.Event, pause: float, alive: Callable[[], None]) -> None:
        # Hundreds of desks must not come back in the same second.
        until = time.monotonic() + pause * random.uniform(0.5, 1.5)
        while not stop.is_set() and (left := until - time.monotonic()) > 0:
            alive()
            stop.wait(min(left, 1.0))
