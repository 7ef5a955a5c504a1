"""The way to the broker, step by step, for ``deskcue doctor``: where it fails if it does."""

import json
import socket
import time
from collections.abc import Callable
from typing import Any

from paho.mqtt.enums import MQTTErrorCode

from firmware_py.contract.payloads import check_event
from firmware_py.contract.topics import CALL, CHECK, root_topic, topic
from firmware_py.core.check import Check, attempt
from firmware_py.settings.config import Broker, Config, Desk
from firmware_py.uplink.client import MQTT5, WAIT_S, BrokerError, tls_context, uses_tls
from firmware_py.uplink.greeting import Greeting, greet
from firmware_py.uplink.names import factory_names
from firmware_py.uplink.reasons import FAILURE, NOBODY, NOT_AUTHORISED
from firmware_py.uplink.unreachable import no_connection


def check_broker(config: Config) -> list[Check]:
    """Go all the way to the broker, step by step, up to the first that fails."""
    broker = config.broker
    steps: list[tuple[str, Callable[[], str]]] = [
        ("topic", lambda: _topic(config.desk)),
        ("name", lambda: _resolve(broker)),
        ("port", lambda: _connect(broker)),
    ]
    if uses_tls(broker):
        steps.append(("TLS", lambda: _handshake(broker)))
    steps.append(("login and publish", lambda: _publish(config)))
    checks: list[Check] = []
    for name, step in steps:
        checks.append(attempt(f"broker: {name}", step))
        if not checks[-1].ok and name != "topic":
            break
    return checks


def _topic(desk: Desk) -> str:
    if names := factory_names(desk):
        raise BrokerError(names)
    return root_topic(desk)


def _resolve(broker: Broker) -> str:
    try:
        found = socket.getaddrinfo(broker.host, broker.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BrokerError(
            f"no address for {broker.host} ({reason}); correct host under [broker], or the DNS"
        ) from None
    return str(found[0][4][0])


def _connect(broker: Broker) -> str:
    try:
        socket.create_connection((broker.host, broker.port), WAIT_S).close()
    except OSError as error:
        raise BrokerError(
            f"{broker.host}:{broker.port} does not answer ({error.strerror or error});"
            " is the broker running, and is the port open for this device?"
        ) from None
    return f"{broker.host}:{broker.port}"


def _handshake(broker: Broker) -> str:
    context = tls_context(broker)
    try:
        with (
            socket.create_connection((broker.host, broker.port), WAIT_S) as plain,
            context.wrap_socket(plain, server_hostname=broker.host) as secure,
        ):
            return secure.version() or "TLS"
    except OSError as error:  # ssl.SSLError is one
        raise BrokerError(no_connection(broker, error)) from None


def _publish(config: Config) -> str:
    """Log in, have one message acknowledged, and be heard as a subscriber."""
    greeting = greet(config, purpose="doctor")
    if not greeting.limits.acknowledges:
        raise BrokerError("the broker takes no message that it acknowledges; allow QoS 1 there")
    where, commands = topic(config.desk, CHECK), topic(config.desk, CALL)
    trial = json.dumps(check_event(config.desk, time.time()))
    published, subscribed = list[Any](), list[Any]()
    client = greeting.client
    client.on_publish = lambda _c, _u, _mid, code, _p: published.append(code)
    client.on_subscribe = lambda _c, _u, _mid, codes, _p: subscribed.extend(codes)
    client.publish(where, trial, CHECK.qos)
    client.subscribe(commands, CALL.qos)
    until = time.monotonic() + WAIT_S
    while not (published and subscribed) and time.monotonic() < until:
        if client.loop(0.2) != MQTTErrorCode.MQTT_ERR_SUCCESS:
            break
    client.disconnect()
    client.loop(0)
    _judge(published, f"to write to {where}")
    _judge(subscribed, f"to listen to {commands}")
    return _acknowledged(greeting, heard=published[0].value != NOBODY)


def _judge(answers: list[Any], what: str) -> None:
    if not answers:
        raise BrokerError(f"the broker acknowledged nothing; may this user be trusted {what}?")
    for code in answers:
        if code.value == NOT_AUTHORISED:
            raise BrokerError(f"not authorised {what}; correct the broker's access list")
        if code.value >= FAILURE:
            raise BrokerError(f"the broker refuses {what} ({code}); see its log")


def _acknowledged(greeting: Greeting, *, heard: bool) -> str:
    said = ["acknowledged"]
    if greeting.protocol != MQTT5:
        said.append("but MQTT 3.1.1 does not say whether the access list denies it")
    if not heard:
        said.append("but nobody subscribes to events there yet: the broker throws them away")
    if not greeting.limits.retains:
        said.append("but the broker retains nothing: states are not seen by who comes later")
    return ", ".join(said)
