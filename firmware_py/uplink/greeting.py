"""The way into the broker: name, port, TLS, login, and what the broker says of itself."""

import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from paho.mqtt.client import Client
from paho.mqtt.enums import MQTTErrorCode, MQTTProtocolVersion

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
from firmware_py.uplink.reasons import UNSUPPORTED_VERSION
from firmware_py.uplink.tls_refusal import meaning, refusal

_LOOK_S: Final = 0.2
_EXPIRED: Final = 10
"""OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED."""
_BAD_LOGIN: Final = frozenset({0x86, 0x87, 0x8C})
_BAD_NAME: Final = 0x85


class NotGreetedError(BrokerError):
    """The broker hung up, or kept silent, before it said whether the desk may come in."""


@dataclass(frozen=True, slots=True)
class Greeting:
    """A client that was let in, and what the broker takes."""

    client: Client
    protocol: MQTTProtocolVersion
    window: int
    """Messages that may be on their way at once."""
    max_packet: int | None
    """Most bytes of a message with its topic; None: the broker did not say."""


def greet(
    config: Config,
    protocol: MQTTProtocolVersion = MQTT5,
    *,
    purpose: str = "uplink",
    prepare: Callable[[Client], object] = lambda _client: None,
) -> Greeting:
    """Connect and wait to be let in; may hang as long as a name lookup does.

    Args:
        config: the broker, and the names of the desk.
        protocol: version of MQTT to begin with; a broker that refuses 5 is greeted in 3.1.1.
        purpose: part of the client's name.
        prepare: sets the client's last will.

    Raises:
        NotGreetedError: the broker does not say whether the desk may come in.
        BrokerError: it does not answer or refuses, or a file is missing.
    """
    client = make_client(config, purpose, protocol)
    prepare(client)
    answers: list[tuple[Any, Any]] = []
    client.on_connect = lambda _c, _u, _flags, code, properties: answers.append((code, properties))
    _connect(client, config.broker)
    until = time.monotonic() + WAIT_S
    while not answers and time.monotonic() < until:
        if client.loop(_LOOK_S) != MQTTErrorCode.MQTT_ERR_SUCCESS:
            break
    if not answers:
        client.disconnect()
        raise NotGreetedError(mismatch(config.broker) or _no_greeting(config.broker))
    code, properties = answers[0]
    if protocol == MQTT5 and code.value == UNSUPPORTED_VERSION:
        return greet(config, MQTT311, purpose=purpose, prepare=prepare)
    if code.is_failure:
        raise BrokerError(_refusal(config.broker, code))
    window = getattr(properties, "ReceiveMaximum", None) or 65_535
    return Greeting(client, protocol, window, getattr(properties, "MaximumPacketSize", None))


def _connect(client: Client, broker: Broker) -> None:
    try:
        client.connect(broker.host, broker.port, broker.keepalive_s)
    except socket.gaierror as error:
        raise BrokerError(
            f"no address for {broker.host} ({error.strerror}); correct host under [broker], or"
            " the DNS"
        ) from None
    except ssl.SSLCertVerificationError as error:
        raise BrokerError(not_accepted(broker, error)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BrokerError(
            not_taken(broker, meaning(error))
            or mismatch_of(error, broker)
            or f"no connection to the broker {broker.host}:{broker.port} ({reason})"
        ) from None


def mismatch_of(error: Exception, broker: Broker) -> str:
    """Whether an error comes from speaking TLS to who does not, or the reverse; one line."""
    refused = isinstance(error, ConnectionRefusedError | socket.gaierror)
    return "" if refused else mismatch(broker)


def _no_greeting(broker: Broker) -> str:
    why = refusal(tls_context(broker), broker.host, broker.port, WAIT_S) if uses_tls(broker) else ""
    return not_taken(broker, why) or (
        f"the broker {broker.host}:{broker.port} does not greet as MQTT brokers do; check host and"
        " port under [broker]"
    )


def not_accepted(broker: Broker, error: ssl.SSLCertVerificationError) -> str:
    """Say that the desk does not take the broker's certificate, why, and what to do."""
    expired = "renew it on the broker's machine, or correct this desk's date"
    other = "check ca_file under [broker], and this desk's date"
    return (
        f"the certificate of {broker.host}:{broker.port} is not accepted"
        f" ({error.verify_message}); {expired if error.verify_code == _EXPIRED else other}"
    )


def not_taken(broker: Broker, why: str) -> str:
    """Say that the broker does not take the desk's certificate, and why; empty without a why."""
    if not why:
        return ""
    return (
        f"the broker {broker.host}:{broker.port} does not take this desk's certificate: {why};"
        " check cert_file under [broker], or enrol the desk anew"
    )


def _refusal(broker: Broker, code: Any) -> str:
    where = f"the broker {broker.host}:{broker.port}"
    if code.value in _BAD_LOGIN:
        return (
            f"{where} refuses the login ({code}); check username and password_file under"
            " [broker] in deskcue.toml"
        )
    if code.value == _BAD_NAME:
        return f"{where} refuses the client's name ({code}); is this desk allowed there?"
    return f"{where} lets nobody in ({code})"
