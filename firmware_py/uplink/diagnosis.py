"""What speaks at a port: MQTT in the clear, TLS, or something else.

A broker that is spoken to in the wrong way just hangs up, so the other way is tried.
"""

import socket
import ssl
from typing import Final

from firmware_py.settings.config import Broker
from firmware_py.uplink.client import WAIT_S, tls_context, uses_tls

_CONNECT: Final = b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x05\x00\x00"
"""CONNECT of MQTT 3.1.1 with a clean session and no name."""
_CONNACK: Final = 0x20
_OTHERS: Final = (
    (b"HTTP/", "a web server or a proxy does (HTTP)"),
    (b"SSH-", "an SSH server does"),
)
"""First bytes of what is no broker, and what it is."""
_ENOUGH: Final = 16


def speaks_tls(host: str, port: int) -> bool:
    """Whether a TLS handshake succeeds there, whoever it is."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with (
            socket.create_connection((host, port), WAIT_S) as plain,
            context.wrap_socket(plain, server_hostname=host),
        ):
            return True
    except ssl.SSLError as error:
        # It wants a certificate of ours: TLS all the same.
        return "ALERT" in (error.reason or "")
    except (OSError, ValueError):
        return False


def speaks_plain_mqtt(host: str, port: int) -> bool:
    """Whether MQTT in the clear is answered there."""
    return _answer(host, port)[:1] == bytes([_CONNACK])


def _answer(host: str, port: int, tls: ssl.SSLContext | None = None) -> bytes:
    """The first bytes that come back on MQTT, in the clear or within TLS."""
    try:
        with socket.create_connection((host, port), WAIT_S) as plain:
            if tls is None:
                return _ask(plain)
            with tls.wrap_socket(plain, server_hostname=host) as secure:
                return _ask(secure)
    except (OSError, ValueError):
        return b""


def _ask(line: socket.socket) -> bytes:
    line.sendall(_CONNECT)
    return line.recv(_ENOUGH)


def mismatch(broker: Broker) -> str:
    """Why the two do not understand each other, one line; empty if nothing is known of it."""
    where = f"{broker.host}:{broker.port}"
    if not uses_tls(broker) and speaks_tls(broker.host, broker.port):
        return (
            f"{where} speaks TLS, and this desk does not; set tls = true, and ca_file if the"
            " broker's certificate is your own, under [broker] in deskcue.toml"
        )
    answer = _answer(broker.host, broker.port)
    if uses_tls(broker) and answer[:1] == bytes([_CONNACK]):
        return (
            f"{where} speaks MQTT without TLS, and this desk speaks TLS; set port to the"
            " broker's TLS port, or tls = false, under [broker] in deskcue.toml"
        )
    if uses_tls(broker):
        answer = answer or _answer(broker.host, broker.port, tls_context(broker))
    for beginning, what in _OTHERS:
        if answer.startswith(beginning):
            return (
                f"{where} answers as {what}, not as an MQTT broker; check host and port under"
                " [broker] in deskcue.toml"
            )
    return ""
