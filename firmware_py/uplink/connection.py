"""One connection to the broker, from the login to the loss of the line."""

import contextlib
import select
import socket
import time
from typing import Any, Final

from paho.mqtt.client import Client
from paho.mqtt.enums import MQTTErrorCode

from firmware_py.contract.topics import EVENT, Channel, topic
from firmware_py.settings.config import Desk
from firmware_py.uplink.command_subscriber import CommandSubscriber
from firmware_py.uplink.delivery import PACKET, SUDDEN_S, Delivery
from firmware_py.uplink.greeting import Greeting
from firmware_py.uplink.hang_ups import HangUps
from firmware_py.uplink.reasons import (
    FAILURE,
    NOBODY,
    TAKEN_OVER,
    blames_message,
    said,
    why_refused,
)

_LOOK_S: Final = 0.2
"""Longest wait before looking at the outbox again."""
_GOODBYE_S: Final = 2.0
_KEEPALIVE: Final = 0x8D
"""The broker no longer answers; paho says it of itself."""
SILENT_S: Final = 60.0
"""A broker that acknowledges nothing for so long, with messages on their way, has gone deaf."""


class Connection:
    """Sends events and reports, takes commands, and knows what the broker denied."""

    def __init__(
        self,
        greeting: Greeting,
        desk: Desk,
        delivery: Delivery,
        commands: CommandSubscriber,
        hang_ups: HangUps,
    ) -> None:
        """Begin with a client that was let in.

        Args:
            greeting: the client, and what the broker takes.
            desk: whose topics to use.
            delivery: what to send.
            commands: what to listen to.
            hang_ups: reports on which the broker hung up; counted on.
        """
        self._client, self._desk, self._delivery = greeting.client, desk, delivery
        self.limits, self._hang_ups = greeting.limits, hang_ups
        self._own: dict[int, tuple[str, float]] = {}
        """Message id -> topic and when it was sent, of what is no event."""
        self._reports: dict[str, tuple[Channel, str]] = {}
        """Topic -> the last report of it, which waits until the broker takes one more."""
        self._denied: dict[str, str] = {}
        self._farewell: int | None = None
        """Reason code with which the line ended, unless it just broke."""
        self._why_gone = ""
        self._said_goodbye = False
        self._last_answer = time.monotonic()
        self.has_answered = False
        """Whether any message was acknowledged."""
        self.has_gone_deaf = False
        """Whether it was given up because the broker acknowledged nothing."""
        self.hung_up_on_event = False
        """Whether the line was lost just after an event was sent."""
        self.is_heard: bool | None = None
        """Whether somebody subscribes to the last event's topic; None before the first."""
        self._client.on_publish = self._answered
        self._client.on_subscribe = self._subscribed
        self._client.on_disconnect = self._disconnected
        delivery.begin(self.limits.window, self.limits.max_packet)
        self._asked = commands.subscribe(self._client)

    @property
    def denied(self) -> dict[str, str]:
        """Topic -> what the broker says against it."""
        return {**self._denied, **self._delivery.refused_topics}

    @property
    def taken_over(self) -> bool:
        """Whether another client came in under the same name."""
        return self._farewell == TAKEN_OVER

    @property
    def farewell(self) -> str:
        """Why the line ended, as far as it is known; empty if it just broke."""
        return self._why_gone

    def publish(self, channel: Channel, payload: str) -> None:
        """Send a report, as soon as the broker takes one; not if it takes none of that size."""
        where = topic(self._desk, channel)
        if why := self._why_not(where, len(payload.encode()) + len(where.encode()) + PACKET):
            self._denied[where] = why
            return
        self._reports[where] = channel, payload
        self._send_reports()

    def _send_reports(self) -> None:
        limits = self.limits
        while self._reports and self._has_room and self._take_in():
            where, (channel, payload) = next(iter(self._reports.items()))
            del self._reports[where]
            qos, retain = limits.qos(channel), limits.retain(channel)
            message = self._client.publish(where, payload, qos, retain)
            if qos:
                self._own[message.mid] = where, time.monotonic()

    @property
    def _has_room(self) -> bool:
        return len(self._own) + self._delivery.on_the_way < self.limits.window

    def _why_not(self, where: str, size: int) -> str:
        most = self.limits.max_packet
        if most and size > most:
            return f"no room (the broker takes {most} bytes)"
        return "no room (the broker hangs up on it)" if self._hang_ups.leaves_out(where) else ""

    def work(self) -> bool:
        """Hand over what fits, take in what comes; False once the line is lost."""
        self._send_reports()
        alive = not self.limits.acknowledges or self._delivery.send(self._send, len(self._own))
        alive = alive and self._client.loop(_LOOK_S) == MQTTErrorCode.MQTT_ERR_SUCCESS
        self.has_gone_deaf = self._is_deaf()
        if not alive or self._said_goodbye:
            self._blame()
            return False
        if self.has_gone_deaf:
            self._hang_up()
        return not self.has_gone_deaf

    def _hang_up(self) -> None:
        """Close the line without a goodbye, so that the last will is told."""
        if isinstance(line := self._client.socket(), socket.socket):
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        self._client.loop(0)

    def _is_deaf(self) -> bool:
        now = time.monotonic()
        if not (self._own or self._delivery.on_the_way):
            self._last_answer = now
        return now - self._last_answer > SILENT_S

    def _blame(self) -> None:
        """Find out on what the broker hung up: a report of ours, or an event."""
        if self._farewell is not None and not blames_message(self._farewell):
            return
        now = time.monotonic()
        if own := [where for where, at in self._own.values() if now - at < SUDDEN_S]:
            self._hang_ups.blame(own)
        else:
            self.hung_up_on_event = self._delivery.hung_up()

    def _send(self, where: str, body: bytes) -> int | None:
        if not self._take_in():
            return None
        message = self._client.publish(where, body, EVENT.qos, EVENT.retain)
        return message.mid if message.rc == MQTTErrorCode.MQTT_ERR_SUCCESS else None

    def _take_in(self) -> bool:
        """Read what came; whoever writes to a line that was closed never reads why it was."""
        line = self._client.socket()
        if line is None:
            return False
        while select.select([line], [], [], 0)[0]:
            if self._client.loop_read() != MQTTErrorCode.MQTT_ERR_SUCCESS or self._said_goodbye:
                return False
        return True

    def _answered(self, _c: Client, _u: object, message: int, code: Any, _p: object) -> None:
        value = int(code.value)
        self._last_answer, self.has_answered = time.monotonic(), True
        where, _ = self._own.pop(message, ("", 0.0))
        if not where:
            self.is_heard = value != NOBODY
            self._delivery.answered(message, value, str(code))
            return
        self._hang_ups.taken(where)
        self._note(where, value, str(code))

    def _subscribed(self, _c: Client, _u: object, _mid: int, codes: Any, _p: object) -> None:
        for where, code in zip(self._asked, codes, strict=False):
            self._note(where, int(code.value), str(code))

    def _note(self, where: str, value: int, name: str) -> None:
        if value < FAILURE:
            self._denied.pop(where, None)
        else:
            self._denied[where] = why_refused(value, name)

    def _disconnected(self, _c: Client, _u: object, flags: Any, code: Any, more: Any) -> None:
        self._said_goodbye = flags.is_disconnect_packet_from_server
        if self._said_goodbye or code.value == _KEEPALIVE:
            self._farewell, self._why_gone = int(code.value), said(code, more)

    @property
    def _is_busy(self) -> bool:
        return bool(self._delivery.on_the_way or self._own or self._reports)

    def close(self) -> None:
        """Wait a moment for what is on its way, and hang up."""
        patience = time.monotonic() + _GOODBYE_S
        while time.monotonic() < patience and self._is_busy:
            self._send_reports()
            if self._client.loop(_LOOK_S) != MQTTErrorCode.MQTT_ERR_SUCCESS:
                return
        self._client.disconnect()
        self._client.loop(0)
