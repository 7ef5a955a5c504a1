"""Commands that arrive over MQTT: so far, signals about a call.

The ear has no network, so the uplink takes the signal from the topic ``…/cmd/call`` and passes it
on through the ear's local socket, as any softphone would. The payload is the line that
``deskcue call`` sends there too: ``start complaint``, ``hold``, ``resume``, ``end``.
"""

import logging
from collections.abc import Callable

from paho.mqtt.client import Client, MQTTMessage

from firmware_py.calls.signals import CallSignal, parse
from firmware_py.contract.topics import CALL, topic
from firmware_py.core.errors import DeskcueError
from firmware_py.settings.config import Desk

_log = logging.getLogger(__name__)


class CommandSubscriber:
    """Takes signals about calls from the broker and passes them on."""

    def __init__(self, desk: Desk, send: Callable[[CallSignal], object]) -> None:
        """Prepare.

        Args:
            desk: whose commands to take.
            send: passes a signal on to the ear; raises DeskcueError if it does not listen.

        Raises:
            DeskcueError: the desk's names make no topic.
        """
        self._topic = topic(desk, CALL)
        self._send = send

    def subscribe(self, client: Client) -> None:
        """Ask the broker for them, from now on."""
        client.message_callback_add(self._topic, self._take)
        client.subscribe(self._topic, qos=CALL.qos)

    def _take(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        if message.retain:  # of a call that may be long over
            _log.warning("%s: retained, so ignored; publish it without retain", self._topic)
            return
        signal = parse(bytes(message.payload))
        if signal is None:
            _log.warning(
                "%s: no signal of a call; send start, hold, resume or end, and after start perhaps"
                " a rulebook's name",
                self._topic,
            )
            return
        try:
            self._send(signal)
        except DeskcueError as error:
            _log.warning("%s: %s", self._topic, error)
