"""The way into the broker: name, port, TLS, login, and what the broker says of itself."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, cast

from paho.mqtt.client import Client
from paho.mqtt.enums import MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from firmware_py.settings.config import Broker, Config
from firmware_py.uplink.client import (
    MQTT5,
    MQTT311,
    WAIT_S,
    BrokerError,
    make_client,
    tls_context,
    uses_tls,
)
from firmware_py.uplink.diagnosis import mismatch
from firmware_py.uplink.limits import Limits, limits_of
from firmware_py.uplink.login_refused import login_refused
from firmware_py.uplink.reasons import NO_QOS, NO_RETAIN, UNSUPPORTED_VERSION
from firmware_py.uplink.tls_refusal import refusal
from firmware_py.uplink.unreachable import no_connection, not_taken

_LOOK_S: Final = 0.2
LARGEST: Final = 256 * 1024
"""Bytes of a message to the desk; a retained one that the memory does not hold ended the uplink at
every start."""
_ALL: Final = Limits()

Prepare = Callable[[Client, Limits], object]
"""Sets a client's last will, within what the broker takes."""


class NotGreetedError(BrokerError):
    """The broker hung up, or kept silent, before it said whether the desk may come in."""


@dataclass(frozen=True, slots=True)
class Greeting:
    """A client that was let in, and what the broker takes."""

    client: Client
    protocol: MQTTProtocolVersion
    limits: Limits


@dataclass(frozen=True, slots=True)
class _Guest:
    """Who knocks."""

    config: Config
    purpose: str
    prepare: Prepare
    wait_s: float


def greet(
    config: Config,
    protocol: MQTTProtocolVersion = MQTT5,
    *,
    purpose: str = "uplink",
    prepare: Prepare = lambda _client, _limits: None,
    wait_s: float = WAIT_S,
) -> Greeting:
    """Connect and wait to be let in; may hang as long as a name lookup does.

    Some brokers of MQTT 3.1.1 hang up on a version that they do not know, and so does whatever lies
    before a broker that restarts. So silence counts as 3.1.1 only if that is answered, and then 5
    once more is not.

    Args:
        config: the broker, and the names of the desk.
        protocol: version of MQTT to begin with; a broker that refuses 5 is greeted in 3.1.1.
        purpose: part of the client's name.
        prepare: sets the client's last will.
        wait_s: longest wait for the broker's answer.

    Raises:
        NotGreetedError: the broker does not say whether the desk may come in.
        BrokerError: it does not answer or refuses, or a file is missing.
    """
    guest = _Guest(config, purpose, prepare, wait_s)
    try:
        return _knock(guest, protocol)
    except NotGreetedError as silence:
        if protocol != MQTT5 or not _is_greeted(guest):
            raise NotGreetedError(_cause(config.broker) or str(silence)) from None
    try:
        return _knock(guest, MQTT5)
    except NotGreetedError:
        return _knock(guest, MQTT311)


def _is_greeted(guest: _Guest) -> bool:
    """Whether the broker lets the desk in that does not come with MQTT 5."""
    try:
        _knock(guest, MQTT311).client.disconnect()
    except NotGreetedError:
        return False
    return True


def _knock(guest: _Guest, protocol: MQTTProtocolVersion, limits: Limits = _ALL) -> Greeting:
    broker = guest.config.broker
    client = make_client(guest.config, guest.purpose, protocol)
    guest.prepare(client, limits)
    code, properties = _answer(client, broker, protocol, guest.wait_s)
    if protocol == MQTT5 and code.value == UNSUPPORTED_VERSION:
        return _knock(guest, MQTT311)
    if code.value == NO_RETAIN and limits.retains:  # of a last will
        return _knock(guest, protocol, replace(limits, retains=False))
    if code.value == NO_QOS and limits.acknowledges:
        return _knock(guest, protocol, replace(limits, acknowledges=False))
    if code.is_failure:
        raise BrokerError(login_refused(broker, code, properties))
    return Greeting(client, protocol, limits_of(properties))


def _answer(
    client: Client, broker: Broker, protocol: MQTTProtocolVersion, wait_s: float
) -> tuple[Any, Any]:
    """Connect; the broker's reason code, and what it says of itself."""
    answers: list[tuple[Any, Any]] = []
    client.on_connect = lambda _c, _u, _flags, code, properties: answers.append((code, properties))
    client.connect_timeout = wait_s
    _connect(client, broker, protocol)
    until = time.monotonic() + wait_s
    open_ = True
    while open_ and not answers and time.monotonic() < until:
        open_ = client.loop(_LOOK_S) == MQTTErrorCode.MQTT_ERR_SUCCESS
    if answers:
        return answers[0]
    client.disconnect()
    where = f"the broker {broker.host}:{broker.port}"
    if open_:
        raise NotGreetedError(
            f"{where} takes the connection and keeps silent for {wait_s:.0f} s; is it busy, or no"
            " MQTT broker?"
        )
    raise NotGreetedError(
        f"{where} does not greet as MQTT brokers do; check host and port under [broker]"
    )


def _asks(protocol: MQTTProtocolVersion) -> Properties | None:
    """What the desk asks of the broker: to spare it what it has no memory for."""
    if protocol != MQTT5:
        return None
    asked: Any = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    asked.MaximumPacketSize = LARGEST
    return cast("Properties", asked)


def _connect(client: Client, broker: Broker, protocol: MQTTProtocolVersion) -> None:
    try:
        client.connect(broker.host, broker.port, broker.keepalive_s, properties=_asks(protocol))
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise BrokerError(no_connection(broker, error)) from None


def _cause(broker: Broker) -> str:
    """Why the broker may hang up or keep silent, found out by knocking in other ways."""
    why = refusal(tls_context(broker), broker.host, broker.port, WAIT_S) if uses_tls(broker) else ""
    return not_taken(broker, why) or mismatch(broker)
