"""What arrives over MQTT: signals about a call, a search for the desk, desired configuration.

The ear has no network. The uplink takes the signal of a call from ``…/cmd/call`` and passes it on
through the ear's local socket, as any softphone would: the payload is the line that
``deskcue call`` sends there too (``start complaint``, ``hold``, ``resume``, ``end``). So does
``…/cmd/identify``, which makes the light show where the desk is. Configuration is left on disk.
"""

from collections.abc import Callable
from typing import Final

from paho.mqtt.client import Client, MQTTMessage

from firmware_py.calls.signals import CallAction, CallSignal, parse
from firmware_py.contract.topics import CALL, CONFIG_DESIRED, IDENTIFY, topic
from firmware_py.core.errors import DeskcueError
from firmware_py.settings.config import Desk

_BLINK: Final = CallSignal(CallAction.IDENTIFY)


class CommandSubscriber:
    """Takes what the broker has for this desk and passes it on."""

    def __init__(
        self,
        desk: Desk,
        send: Callable[[CallSignal], object],
        desired: Callable[[bytes], bool],
        warn: Callable[[str], object],
    ) -> None:
        """Prepare.

        Args:
            desk: whose commands to take.
            send: passes a signal on to the ear; raises DeskcueError if it does not listen.
            desired: takes the payload of a desired configuration; False: refused.
            warn: takes a line whenever a signal was not passed on.

        Raises:
            DeskcueError: the desk's names make no topic.
        """
        self._send, self._desired, self._warn = send, desired, warn
        self.refused = 0
        """Messages since the start that were none of the contract's, or were not taken."""
        self._takers = {
            topic(desk, CALL): self._call,
            topic(desk, IDENTIFY): self._identify,
            topic(desk, CONFIG_DESIRED): self._configure,
        }

    def subscribe(self, client: Client) -> list[str]:
        """Ask the broker for them, from now on; the topics, in the order of its answers."""
        for where, take in self._takers.items():
            client.message_callback_add(where, take)
        client.subscribe([(where, CALL.qos) for where in self._takers])
        return [*self._takers]

    def _call(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        signal = parse(bytes(message.payload))
        if signal is None or signal.action is CallAction.IDENTIFY:
            self._refuse(
                f"{message.topic}: no signal of a call; send start, hold, resume or end, and after"
                " start perhaps a rulebook's name"
            )
            return
        self._pass_on(signal, message)

    def _identify(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        self._pass_on(_BLINK, message)

    def _configure(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        if not self._desired(bytes(message.payload)):
            self.refused += 1

    def _pass_on(self, signal: CallSignal, message: MQTTMessage) -> None:
        if message.retain:  # of a time that may be long over
            self._refuse(f"{message.topic}: retained, so ignored; publish it without retain")
            return
        try:
            self._send(signal)
        except DeskcueError as error:
            self._refuse(f"{message.topic}: {error}")

    def _refuse(self, line: str) -> None:
        self.refused += 1
        self._warn(line)
