"""Reaching the MQTT broker: what to connect with, and where it fails if it does."""

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from firmware_py.contract.payloads import check_event
from firmware_py.contract.topics import CHECK, root_topic, topic
from firmware_py.core.access import reason
from firmware_py.core.check import Check, attempt
from firmware_py.core.errors import DeskcueError
from firmware_py.settings.config import Broker, Config

TLS_PORT: Final = 8883
WAIT_S: Final = 5.0


class BrokerError(DeskcueError):
    """The broker cannot be used as it is set up."""


def uses_tls(broker: Broker) -> bool:
    """Whether the connection is encrypted: the usual port, or any certificate, asks for it."""
    return broker.port == TLS_PORT or bool(broker.ca_file or broker.cert_file)


def _readable(path: Path | None, what: str) -> str | None:
    if path is None:
        return None
    try:
        path.open("rb").close()
    except OSError as error:
        raise BrokerError(
            f"{what} {path} cannot be read ({reason(path, error)}); correct it under [broker] in"
            " deskcue.toml"
        ) from None
    return str(path)


def tls_context(broker: Broker) -> ssl.SSLContext:
    """Make the context for an encrypted connection.

    Raises:
        BrokerError: a certificate or key is missing, or is none.
    """
    ca_file = _readable(broker.ca_file, "ca_file")
    cert_file = _readable(broker.cert_file, "cert_file")
    key_file = _readable(broker.key_file, "key_file")
    try:
        context = ssl.create_default_context(cafile=ca_file)
        if cert_file:
            context.load_cert_chain(cert_file, key_file)
    except (ssl.SSLError, ValueError) as error:
        raise BrokerError(
            f"the certificates under [broker] in deskcue.toml do not fit: {error}"
        ) from None
    return context


def password(broker: Broker) -> str | None:
    """Read the password from its file.

    Raises:
        BrokerError: the file cannot be read, or is no UTF-8.
    """
    path = _readable(broker.password_file, "password_file")
    try:
        return Path(path).read_bytes().decode("utf-8-sig").strip() if path else None
    except UnicodeDecodeError:
        raise BrokerError(f"password_file {path} is no UTF-8 text; save it as UTF-8") from None


def make_client(config: Config, purpose: str = "post") -> Client:
    """Make a client that is ready to connect.

    Raises:
        BrokerError: a file that it needs is missing.
    """
    broker, desk = config.broker, config.desk
    client = Client(
        CallbackAPIVersion.VERSION2,
        client_id=f"deskcue-{purpose}-{desk.site}-{desk.floor}-{desk.desk}",
        protocol=MQTTProtocolVersion.MQTTv311,
        reconnect_on_failure=False,
    )
    if broker.username:
        client.username_pw_set(broker.username, password(broker))
    if uses_tls(broker):
        client.tls_set_context(tls_context(broker))
    client.connect_timeout = WAIT_S
    return client


def check_broker(config: Config) -> list[Check]:
    """Go all the way to the broker, step by step, up to the first that fails."""
    broker = config.broker
    steps: list[tuple[str, Callable[[], str]]] = [
        ("topic", lambda: root_topic(config.desk)),
        ("name", lambda: _resolve(broker)),
        ("port", lambda: _connect(broker)),
    ]
    if uses_tls(broker):
        steps.append(("TLS", lambda: _handshake(broker)))
    steps.append(("login and publish", lambda: _publish(config)))
    checks: list[Check] = []
    for name, step in steps:
        checks.append(attempt(f"broker: {name}", step))
        if not checks[-1].ok:
            break
    return checks


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
        raise BrokerError(
            f"no encrypted connection ({error}); check ca_file and the date"
        ) from None


def _publish(config: Config) -> str:
    """Log in and have one message acknowledged."""
    client = make_client(config, "doctor")
    arrived, refused = threading.Event(), threading.Event()
    reason: list[str] = []
    trial = json.dumps(check_event(config.desk, time.time()))

    def on_connect(
        _client: Client, _data: object, _flags: object, code: object, _p: object
    ) -> None:
        if getattr(code, "is_failure", False):
            reason.append(str(code))
            refused.set()
            arrived.set()
        else:
            client.publish(topic(config.desk, CHECK), trial, qos=CHECK.qos)

    client.on_connect = on_connect
    client.on_publish = lambda *_: arrived.set()
    try:
        client.connect(config.broker.host, config.broker.port, config.broker.keepalive_s)
    except OSError as error:
        raise BrokerError(f"the broker hung up ({error})") from None
    client.loop_start()
    answered = arrived.wait(WAIT_S)
    client.disconnect()
    client.loop_stop()
    if refused.is_set():
        raise BrokerError(
            f"the broker refused the login ({reason[0]}); check username and password_file under"
            " [broker]"
        )
    if not answered:
        raise BrokerError(
            f"the broker acknowledged nothing; may this user write to {root_topic(config.desk)}/#?"
        )
    return "acknowledged"
