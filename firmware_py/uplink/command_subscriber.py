"""Commands that arrive over MQTT: so far, signals about a call.

The ear has no network, so the uplink takes the signal from the topic ``…/cmd/call`` and passes it
on through the ear's local socket, as any softphone would. The payload is the line that
``deskcue call`` sends there too: ``start complaint``, ``hold``, ``resume``, ``end``.
"""

from collections.abc import Callable

from paho.mqtt.client import Client, MQTTMessage

from firmware_py.calls.signals import CallSignal, parse
from firmware_py.contract.topics import CALL, topic
from firmware_py.core.errors import DeskcueError
from firmware_py.settings.config import Desk


class CommandSubscriber:
    """Takes signals about calls from the broker and passes them on."""

    def __init__(
        self, desk: Desk, send: Callable[[CallSignal], object], warn: Callable[[str], object]
    ) -> None:
        """Prepare.

        Args:
            desk: whose commands to take.
            send: passes a signal on to the ear; raises DeskcueError if it does not listen.
            warn: takes a line whenever a signal was not passed on.

        Raises:
            DeskcueError: the desk's names make no topic.
        """
        self._topic = topic(desk, CALL)
        self._send, self._warn = send, warn

    def subscribe(self, client: Client) -> None:
        """Ask the broker for them, from now on."""
        client.message_callback_add(self._topic, self._take)
        client.subscribe(self._topic, qos=CALL.qos)

    def _take(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        if message.retain:  # of a call that may be long over
            self._warn(f"{self._topic}: retained, so ignored; publish it without retain")
            return
        signal = parse(bytes(message.payload))
        if signal is None:
            self._warn(
                f"{self._topic}: no signal of a call; send start, hold, resume or end, and after"
                " start perhaps a rulebook's name"
            )
            return
        try:
            self._send(signal)
        except DeskcueError as error:
            self._warn(f"{self._topic}: {error}")
