"""Why the other side of TLS does not take our certificate.

In TLS 1.3 (RFC 8446) the handshake is over for a client before the server has looked at its
certificate: the refusal is an alert that comes with the first read. An MQTT client sees no more of
it than a line that breaks, so this knocks once more and reads. Desks and the server's side use it;
what to do about it each says for itself.
"""

import socket
import ssl
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_MEANING: Final[Mapping[str, str]] = MappingProxyType(
    {
        "CERTIFICATE_EXPIRED": "it has expired",
        "CERTIFICATE_REVOKED": "it was revoked",
        "UNKNOWN_CA": "it is of another authority",
        "BAD_CERTIFICATE": "it cannot be read",
        "UNSUPPORTED_CERTIFICATE": "it is of the wrong kind",
        "CERTIFICATE_UNKNOWN": "the other side does not say why",
        "CERTIFICATE_REQUIRED": "none was shown",
        "HANDSHAKE_FAILURE": "none was shown, or the two have no cipher in common",
    }
)
"""OpenSSL's name of an alert, without its prefix -> why the certificate is not taken."""


def refusal(context: ssl.SSLContext, host: str, port: int, wait_s: float) -> str:
    """Knock and read why the server does not take our certificate; empty if it does not say.

    Args:
        context: with the certificate, if there is one.
        host: whom to ask.
        port: where.
        wait_s: longest wait for each step, in seconds.
    """
    try:
        with (
            socket.create_connection((host, port), wait_s) as plain,
            context.wrap_socket(plain, server_hostname=host) as secure,
        ):
            secure.recv(1)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        return meaning(error)
    return ""


def meaning(error: Exception) -> str:
    """Why our certificate was not taken, if that is what an error of TLS says; empty if not."""
    _, _, alert = str(getattr(error, "reason", None) or "").partition("_ALERT_")
    return _MEANING.get(alert, "")
