"""The MQTT client of a desk: its name, its keys, its protocol."""

import ssl
from pathlib import Path
from typing import Final

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from firmware_py.core.access import read_bytes, reason
from firmware_py.core.errors import DeskcueError
from firmware_py.settings.config import Broker, Config
from firmware_py.uplink.tls_socket import ClosingSocket

TLS_PORT: Final = 8883
WAIT_S: Final = 5.0
"""Longest wait for each step on the way to the broker; a name lookup takes what it takes."""
_LONGEST: Final = 65_535
"""Bytes of a password that MQTT has room for."""
MQTT5: Final = MQTTProtocolVersion.MQTTv5
MQTT311: Final = MQTTProtocolVersion.MQTTv311


class BrokerError(DeskcueError):
    """The broker cannot be used as it is set up."""


def uses_tls(broker: Broker) -> bool:
    """Whether the connection is encrypted: as ``tls`` says, else by port and certificates."""
    if broker.tls is not None:
        return broker.tls
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
    read = f"ca_file {ca_file}"
    try:
        context = ssl.create_default_context(cafile=ca_file)
        context.sslsocket_class = ClosingSocket
        if cert_file:
            read = f"cert_file {cert_file} with key_file {key_file or 'in it'}"
            context.load_cert_chain(cert_file, key_file)
    except (ssl.SSLError, ValueError) as error:
        raise BrokerError(
            f"{read} under [broker] in deskcue.toml cannot be used ({error}): it is no PEM, or"
            " certificate and key do not belong together"
        ) from None
    return context


def password(broker: Broker) -> str | None:
    """Read the password from its file, blanks and all, but for the end of its line.

    Raises:
        BrokerError: the file cannot be read, is no UTF-8, or holds more than a password.
    """
    if not (path := _readable(broker.password_file, "password_file")):
        return None
    found = read_bytes(Path(path))
    if len(found) > _LONGEST:
        raise BrokerError(f"password_file {path} holds {len(found)} bytes: that is no password")
    try:
        return found.decode("utf-8-sig").strip("\r\n")
    except UnicodeDecodeError:
        raise BrokerError(f"password_file {path} is no UTF-8 text; save it as UTF-8") from None


def client_id(config: Config, purpose: str) -> str:
    """Name under which the broker knows a client of the desk."""
    desk = config.desk
    return f"deskcue-{purpose}-{desk.site}-{desk.floor}-{desk.desk}"


def make_client(
    config: Config, purpose: str = "uplink", protocol: MQTTProtocolVersion = MQTT5
) -> Client:
    """Make a client that is ready to connect.

    Raises:
        BrokerError: a file that it needs is missing.
    """
    broker = config.broker
    client = Client(
        CallbackAPIVersion.VERSION2,
        client_id=client_id(config, purpose),
        protocol=protocol,
        reconnect_on_failure=False,
    )
    if broker.username:
        client.username_pw_set(broker.username, password(broker))
    if uses_tls(broker):
        client.tls_set_context(tls_context(broker))
    client.connect_timeout = WAIT_S
    return client
