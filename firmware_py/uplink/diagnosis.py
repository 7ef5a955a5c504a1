"""What speaks at a port: MQTT in the clear, or TLS.

A broker that is spoken to in the wrong way just hangs up, so the other way is tried.
"""

import socket
import ssl
from typing import Final

from firmware_py.settings.config import Broker
from firmware_py.uplink.client import WAIT_S, uses_tls

_CONNECT: Final = b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x05\x00\x00"
"""CONNECT of MQTT 3.1.1 with a clean session and no name."""
_CONNACK: Final = 0x20


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
    try:
        with socket.create_connection((host, port), WAIT_S) as plain:
            plain.sendall(_CONNECT)
            return plain.recv(1)[:1] == bytes([_CONNACK])
    except OSError:
        return False


def mismatch(broker: Broker) -> str:
    """Why the two do not understand each other, one line; empty if it is not TLS."""
    where = f"{broker.host}:{broker.port}"
    if uses_tls(broker):
        if speaks_plain_mqtt(broker.host, broker.port):
            return (
                f"{where} speaks MQTT without TLS, and this desk speaks TLS; set port to the"
                " broker's TLS port, or tls = false, under [broker] in deskcue.toml"
            )
    elif speaks_tls(broker.host, broker.port):
        return (
            f"{where} speaks TLS, and this desk does not; set tls = true, and ca_file if the"
            " broker's certificate is your own, under [broker] in deskcue.toml"
        )
    return ""
