"""What the broker may order: so far, to tell the ear of a call.

The ear has no network, so the post takes the word from the topic ``…/cmd/call`` and tells it
through the ear's local socket, as any softphone would. The payload is the line that
``deskcue call`` sends there too: ``start complaint``, ``hold``, ``resume``, ``end``.
"""

from collections.abc import Callable

from paho.mqtt.client import Client, MQTTMessage

from firmware_py.calls.signals import CallSignal, parse
from firmware_py.contract.topics import CALL, topic
from firmware_py.core.errors import DeskcueError
from firmware_py.settings.config import Desk


class CommandSubscriber:
    """Takes words about calls from the broker and hands them over."""

    def __init__(
        self, desk: Desk, hand_over: Callable[[CallSignal], object], complain: Callable[[str], None]
    ) -> None:
        """Prepare.

        Args:
            desk: whose commands to take.
            hand_over: tells the ear; raises DeskcueError if it does not listen.
            complain: takes a line whenever a word was not handed over.

        Raises:
            DeskcueError: the desk's names make no topic.
        """
        self._topic = topic(desk, CALL)
        self._hand_over, self._complain = hand_over, complain

    def subscribe(self, client: Client) -> None:
        """Ask the broker for them, from now on."""
        client.message_callback_add(self._topic, self._take)
        client.subscribe(self._topic, qos=CALL.qos)

    def _take(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        if message.retain:  # told of a call that may be long over
            self._complain(f"{self._topic}: retained, so passed over; publish it without retain")
            return
        signal = parse(bytes(message.payload))
        if signal is None:
            self._complain(
                f"{self._topic}: no word about a call; send start, hold, resume or end, and after"
                " start perhaps a rulebook's name"
            )
            return
        try:
            self._hand_over(signal)
        except DeskcueError as error:
            self._complain(f"{self._topic}: {error}")
