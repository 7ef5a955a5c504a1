"""One connection to the broker, from the login to the loss of the line."""

import time
from collections import Counter
from typing import Any, Final

from paho.mqtt.client import Client, MQTTMessageInfo
from paho.mqtt.enums import MQTTErrorCode

from firmware_py.contract.topics import EVENT, Channel, topic
from firmware_py.outbox.quarantine import TRIES
from firmware_py.settings.config import Desk
from firmware_py.uplink.command_subscriber import CommandSubscriber
from firmware_py.uplink.delivery import Delivery
from firmware_py.uplink.greeting import Greeting
from firmware_py.uplink.reasons import FAILURE, NOT_AUTHORISED, TAKEN_OVER

_LOOK_S: Final = 0.2
"""Longest wait before looking at the outbox again."""
_GOODBYE_S: Final = 2.0
_ROOM: Final = 64
"""Bytes of a message besides topic and payload, and those that UTF-8 may add."""


class Connection:
    """Sends events and reports, takes commands, and knows what the broker denied."""

    def __init__(
        self,
        greeting: Greeting,
        desk: Desk,
        delivery: Delivery,
        commands: CommandSubscriber,
        hang_ups: Counter[str],
    ) -> None:
        """Begin with a client that was let in.

        Args:
            greeting: the client, and what the broker takes.
            desk: whose topics to use.
            delivery: what to send.
            commands: what to listen to.
            hang_ups: topic of a report -> how often the broker hung up on it; counted on.
        """
        self._client, self._desk, self._delivery = greeting.client, desk, delivery
        self._max_packet, self._hang_ups = greeting.max_packet or 0, hang_ups
        self._own: dict[int, str] = {}
        """Message id -> topic, of what is no event."""
        self._denied: dict[str, str] = {}
        self._farewell: Any = None
        """Reason code with which the broker said goodbye."""
        self.hung_up_on_event = False
        """Whether the line was lost just after an event was sent."""
        self._client.on_publish = self._answered
        self._client.on_subscribe = self._subscribed
        self._client.on_disconnect = self._disconnected
        delivery.begin(greeting.window, greeting.max_packet)
        self._asked = commands.subscribe(self._client)

    @property
    def denied(self) -> dict[str, str]:
        """Topic -> what the broker says against it."""
        return {**self._denied, **self._delivery.refused_topics}

    @property
    def taken_over(self) -> bool:
        """Whether another client came in under the same name."""
        return getattr(self._farewell, "value", 0) == TAKEN_OVER

    @property
    def farewell(self) -> str:
        """What the broker said when it hung up; empty if nothing."""
        return "" if self._farewell is None else str(self._farewell)

    def publish(self, channel: Channel, payload: str) -> MQTTMessageInfo | None:
        """Send a report; None if the broker takes none of that size."""
        where = topic(self._desk, channel)
        if self._hang_ups[where] >= TRIES:
            self._denied[where] = "no room (the broker hangs up on it)"
            return None
        message = self._client.publish(where, payload, channel.qos, channel.retain)
        self._own[message.mid] = where
        return message

    def work(self) -> bool:
        """Hand over what fits, take in what comes; False once the line is lost."""
        alive = self._delivery.send(self._send)
        alive = alive and self._client.loop(_LOOK_S) == MQTTErrorCode.MQTT_ERR_SUCCESS
        if not alive or self._farewell is not None:
            self._blame()
            return False
        return True

    def _blame(self) -> None:
        """Find out on what the broker hung up: a report of ours, or an event."""
        if self.taken_over:
            return
        if self._own:
            self._hang_ups.update(self._own.values())
        else:
            self.hung_up_on_event = self._delivery.hung_up()

    def _send(self, where: str, body: bytes) -> int | None:
        message = self._client.publish(where, body, EVENT.qos, EVENT.retain)
        return message.mid if message.rc == MQTTErrorCode.MQTT_ERR_SUCCESS else None

    def _answered(self, _c: Client, _u: object, message: int, code: Any, _p: object) -> None:
        value = int(code.value)
        own = self._own.pop(message, None)
        if own is None:
            self._delivery.answered(message, value, str(code))
        else:
            self._note(own, value, str(code))

    def _subscribed(self, _c: Client, _u: object, _mid: int, codes: Any, _p: object) -> None:
        for where, code in zip(self._asked, codes, strict=False):
            self._note(where, int(code.value), str(code))

    def _note(self, where: str, value: int, name: str) -> None:
        if value < FAILURE:
            self._denied.pop(where, None)
        else:
            unsaid = f"refused ({name})"
            self._denied[where] = "not authorised" if value == NOT_AUTHORISED else unsaid

    def _disconnected(self, _c: Client, _u: object, flags: Any, code: Any, _p: object) -> None:
        if flags.is_disconnect_packet_from_server:
            self._farewell = code

    def close(self) -> None:
        """Wait a moment for what is on its way, and hang up."""
        patience = time.monotonic() + _GOODBYE_S
        while time.monotonic() < patience and (self._delivery.on_the_way or self._own):
            if self._client.loop(_LOOK_S) != MQTTErrorCode.MQTT_ERR_SUCCESS:
                return
        self._client.disconnect()
        self._client.loop(0)
