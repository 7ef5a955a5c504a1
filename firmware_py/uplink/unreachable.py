"""Why there is no connection to the broker, in one line with what to do."""

import socket
import ssl
from typing import Final

from firmware_py.settings.config import Broker
from firmware_py.uplink.diagnosis import mismatch
from firmware_py.uplink.tls_refusal import meaning

_NOT_YET, _EXPIRED, _WRONG_NAME = 9, 10, (62, 64)
"""OpenSSL's X509_V_ERR_CERT_NOT_YET_VALID, …_CERT_HAS_EXPIRED, …_HOSTNAME_MISMATCH and
…_IP_ADDRESS_MISMATCH."""
_VERSIONS: Final = ("PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL")
"""What OpenSSL's reasons hold where the two have no version of TLS in common."""


def no_connection(broker: Broker, error: Exception) -> str:
    """Say why.

    Args:
        broker: as it is set up.
        error: of the name, the connection, or the handshake.
    """
    where = f"{broker.host}:{broker.port}"
    if isinstance(error, socket.gaierror):
        return (
            f"no address for {broker.host} ({error.strerror}); correct host under [broker], or"
            " the DNS"
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        return not_accepted(broker, error)
    if any(one in (getattr(error, "reason", None) or "") for one in _VERSIONS):
        return f"{where} speaks no version of TLS that this desk takes: 1.2 and 1.3; update it"
    return (
        not_taken(broker, meaning(error))
        or ("" if isinstance(error, ConnectionRefusedError) else mismatch(broker))
        or f"no connection to the broker {where} ({_said(error)})"
    )


def _said(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return str(getattr(error, "strerror", None) or error)


def not_accepted(broker: Broker, error: ssl.SSLCertVerificationError) -> str:
    """Say that the desk does not take the broker's certificate, why, and what to do."""
    if error.verify_code == _EXPIRED:
        advice = "renew it on the broker's machine, or correct this desk's date"
    elif error.verify_code == _NOT_YET:
        advice = "correct this desk's date: see timedatectl"
    elif error.verify_code in _WRONG_NAME:
        advice = "set host under [broker] to a name that the certificate has"
    else:
        advice = "check ca_file under [broker], and this desk's date"
    return (
        f"the certificate of {broker.host}:{broker.port} is not accepted"
        f" ({error.verify_message}); {advice}"
    )


def not_taken(broker: Broker, why: str) -> str:
    """Say that the broker does not take the desk's certificate, and why; empty without a why."""
    if not why:
        return ""
    return (
        f"the broker {broker.host}:{broker.port} does not take this desk's certificate: {why};"
        " check cert_file under [broker], or enrol the desk anew"
    )
