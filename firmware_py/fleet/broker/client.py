"""A connection to the site's broker: MQTT 5 over TLS, in the caller's own thread."""

import time
from collections.abc import Callable
from typing import Any, Final

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.broker.login import Login
from firmware_py.uplink.tls_refusal import meaning, refusal

WAIT_S: Final = 10.0
"""How long a broker may take to answer."""
LOOK_S: Final = 0.2
_KEEPALIVE_S: Final = 60


def make_client(login: Login, name: str, *, manual_ack: bool = False) -> Client:
    """Make a client that is ready to connect.

    Args:
        login: where to, and with which certificate.
        name: client id; a broker knows a session by it.
        manual_ack: whether messages are acknowledged by ``client.ack``.

    Raises:
        DeskcueError: a file of the login cannot be used.
    """
    client = Client(
        CallbackAPIVersion.VERSION2,
        client_id=name,
        protocol=MQTTProtocolVersion.MQTTv5,
        reconnect_on_failure=False,
        manual_ack=manual_ack,
    )
    client.tls_set_context(login.tls())
    client.connect_timeout = WAIT_S
    return client


def connect(
    client: Client, login: Login, *, session_s: int = 0, receive_maximum: int | None = None
) -> None:
    """Connect, and wait to be let in.

    Args:
        client: made by :func:`make_client`.
        login: where to.
        session_s: how long the broker shall keep subscriptions and messages after we are gone;
            0: we begin afresh.
        receive_maximum: most messages that the broker sends without an acknowledgement.

    Raises:
        DeskcueError: nobody answers, or the login is refused.
    """
    answers: list[Any] = []
    client.on_connect = lambda _c, _u, _flags, answer, _p: answers.append(answer)
    asked: Any = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    asked.SessionExpiryInterval = session_s
    if receive_maximum:
        asked.ReceiveMaximum = receive_maximum
    address = login.address
    try:
        client.connect(
            address.host, address.port, _KEEPALIVE_S, clean_start=not session_s, properties=asked
        )
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        said = getattr(error, "verify_message", None) or getattr(error, "strerror", None) or error
        raise DeskcueError(
            _not_taken(login, meaning(error))
            or f"no connection to the broker {login.where} ({said})"
        ) from None
    try:
        wait(client, lambda: answers, "no answer")
    except DeskcueError:
        raise DeskcueError(_not_let_in(login)) from None
    if answers[0].is_failure:
        raise DeskcueError(f"the broker {login.where} refuses the login ({answers[0]})")


def _not_let_in(login: Login) -> str:
    address = login.address
    return (
        _not_taken(login, refusal(login.tls(), address.host, address.port, WAIT_S))
        or f"the broker {login.where} does not greet as MQTT brokers do; is it that of the site?"
    )


def _not_taken(login: Login, why: str) -> str:
    if not why:
        return ""
    return f"the broker {login.where} does not take the certificate in {login.folder}: {why}"


def subscribe(client: Client, topics: list[tuple[str, int]]) -> None:
    """Subscribe to topics, each with its QoS, and wait until the broker has agreed.

    Raises:
        DeskcueError: it did not.
    """
    answers: list[list[Any]] = []
    client.on_subscribe = lambda _c, _u, _mid, codes, _p: answers.append(codes)
    client.subscribe(topics)
    wait(client, lambda: answers, "the broker does not answer a subscription")
    refused = [str(code) for code in answers[0] if code.is_failure]
    if refused:
        raise DeskcueError(f"the broker refuses the subscription ({refused[0]})")


def wait(client: Client, condition: Callable[[], object], complaint: str) -> None:
    """Keep the connection going until something is so.

    Raises:
        DeskcueError: the line was lost, or it took too long; the complaint.
    """
    patience = time.monotonic() + WAIT_S
    while not condition():
        lost = client.loop(LOOK_S) != MQTTErrorCode.MQTT_ERR_SUCCESS
        if (lost and not condition()) or time.monotonic() > patience:
            raise DeskcueError(complaint)


def topic_of(message: MQTTMessage) -> str:
    """Topic of a message; none of a desk's where it is no UTF-8, which not every broker refuses."""
    try:
        return message.topic
    except UnicodeDecodeError:
        return ""


def hang_up(client: Client) -> None:
    """Send what waits to be sent, and say goodbye."""
    client.disconnect()
    while client.want_write() and client.loop(LOOK_S) == MQTTErrorCode.MQTT_ERR_SUCCESS:
        pass
