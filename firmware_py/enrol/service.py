"""Asks the enrolment service, over TLS with the site's authority; and takes the time from it.

A desk without a battery may start in 1970, and then every certificate is of the future. Where the
clock says less than when the order was made, it was never set: then chain and name are verified as
always, but not dates; the service tells the time, and its own certificate must be good then. What
is left is a service whose key was stolen and whose certificate has run out since.
"""

import email.utils
import json
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import Any, Final

from firmware_py.core.errors import DeskcueError
from firmware_py.enrol.order import Order

NO_CHECK_TIME: Final = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME (openssl/x509_vfy.h), for which ``ssl`` has no name."""
_SLACK_S: Final = 3600.0
"""How far the clock of whoever made the order may be ahead of the service's."""
_PATIENCE_S: Final = 20.0
_LARGEST: Final = 65_536
"""Bytes of an answer."""


class RefusedError(DeskcueError):
    """The service says no; to ask again the same is of no use."""


@dataclass(frozen=True, slots=True)
class WallClock:
    """The machine's clock; tests bring their own."""

    now: Callable[[], float] = time.time
    """Seconds since the epoch."""
    set: Callable[[float], None] = lambda seconds: time.clock_settime(time.CLOCK_REALTIME, seconds)
    """Raises OSError where that may not be."""


@dataclass(frozen=True, slots=True)
class Proof:
    """With what the service is verified, and what is shown to it."""

    authority: Path
    """The site's certificate."""
    own: Path | None = None
    """The desk's key and certificate in one file."""

    def tls(self, *, dates: bool) -> ssl.SSLContext:
        """Make the context in which to ask; ``dates``: whether they can be verified.

        Raises:
            DeskcueError: a file cannot be used.
        """
        try:
            context = ssl.create_default_context(cafile=str(self.authority))
            if self.own:
                context.load_cert_chain(self.own)
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
            raise DeskcueError(
                f"{self.authority} or the desk's own certificate cannot be used ({error})"
            ) from None
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if not dates:
            context.verify_flags |= ssl.VerifyFlags(NO_CHECK_TIME)
        return context


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    certificate: bytes
    told: float | None
    """Time by the service, where the desk's own clock was not set."""


def ask(order: Order, path: str, body: dict[str, str], proof: Proof, clock: WallClock) -> Answer:
    """Ask the service for a certificate.

    Args:
        order: whom to ask.
        path: ``/v1/enrol`` or ``/v1/renew``.
        body: what to ask.
        proof: with what to verify it, and what to show.
        clock: the machine's.

    Raises:
        RefusedError: it says no.
        DeskcueError: it cannot be reached, is not believed, or has no use for what was asked.
    """
    unset = clock.now() < order.made
    where = f"{order.host}:{order.port}"
    context = proof.tls(dates=not unset)
    line = HTTPSConnection(order.host, order.port, context=context, timeout=_PATIENCE_S)
    try:
        line.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        shown: Any = line.sock.getpeercert()
        answer = line.getresponse()
        content = answer.read(_LARGEST)
    except (OSError, HTTPException) as error:  # ssl.SSLError is an OSError
        said = getattr(error, "verify_message", "") or getattr(error, "strerror", "") or error
        raise DeskcueError(f"no answer from the enrolment service {where} ({said})") from None
    finally:
        line.close()
    told = _told(answer, shown, order) if unset else None
    return Answer(_certificate(answer, content, where), told)


def _told(answer: HTTPResponse, shown: dict[str, Any], order: Order) -> float:
    """Take the time that the service tells, if what it has shown is good at that time."""
    try:
        told = email.utils.parsedate_to_datetime(answer.headers["Date"]).timestamp()
    except (ValueError, TypeError):
        raise DeskcueError("the enrolment service does not tell the time") from None
    begins, ends = (ssl.cert_time_to_seconds(shown[key]) for key in ("notBefore", "notAfter"))
    if told < order.made - _SLACK_S or not begins <= told <= ends:
        raise DeskcueError(
            f"the enrolment service tells a time that cannot be ({answer.headers['Date']})"
        )
    return told


def _certificate(answer: HTTPResponse, content: bytes, where: str) -> bytes:
    try:
        told = json.loads(content)
        if answer.status == 200:
            return str(told["certificate"]).encode()
        said = str(told["error"])
    except (ValueError, KeyError, TypeError):
        raise DeskcueError(f"{where} is no enrolment service (HTTP {answer.status})") from None
    if answer.status == 403:
        raise RefusedError(f"the enrolment service {where} refuses: {said}")
    raise DeskcueError(f"the enrolment service {where}: {said}")
