"""The enrolment service: HTTPS with the site's authority, one small JSON object each way.

============================  ===============================================================
``POST /v1/enrol``            ``{"token", "request"}``; who asks shows no certificate
``POST /v1/renew``            ``{"request"}``; who asks shows the certificate that it has
============================  ===============================================================

The answer is ``{"certificate"}`` or ``{"error"}``, PEM each, one line. Every answer tells the time
(``Date``): a desk without a clock takes it from here.
"""

import email.utils
import json
import logging
import sqlite3
import ssl
import sys
import tempfile
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.enrolment.rules import Enrolment, RefusedError
from firmware_py.fleet.sites.certificates import Authority

PORT: Final = 8444
LARGEST: Final = 16_384
"""Bytes of a request."""
_PATIENCE_S: Final = 20.0
"""How long one connection may be silent."""

_log = logging.getLogger(__name__)


class Server(ThreadingHTTPServer):
    """Answers each desk in a thread of its own."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, place: tuple[str, int], enrolment: Enrolment, hosts: Sequence[str]) -> None:
        """Begin to listen; ``hosts`` are the names and addresses by which desks know it.

        Raises:
            OSError: the port is taken, or the address is none of this machine's.
        """
        self.enrolment = enrolment
        super().__init__(place, _Handler)
        context = _context(enrolment.authority, hosts)
        # The handshake is the first read in the desk's own thread: a slow one holds up nobody.
        self.socket = context.wrap_socket(
            self.socket, server_side=True, do_handshake_on_connect=False
        )

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """A line that broke is the desk's to try again; one line, not a traceback."""
        _log.info("%s: broken off (%s)", client_address[0], sys.exception())


def _context(authority: Authority, hosts: Sequence[str]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_OPTIONAL
    context.load_verify_locations(cadata=authority.pem.decode())
    pair = authority.server(hosts)
    with tempfile.NamedTemporaryFile(suffix=".pem") as file:  # 0600; ssl reads files only
        file.write(pair.key + pair.certificate)
        file.flush()
        context.load_cert_chain(file.name)
    return context


class _Handler(BaseHTTPRequestHandler):
    server: Server
    timeout = _PATIENCE_S
    server_version = "DeskCue"
    sys_version = ""

    def do_POST(self) -> None:
        """Answer."""
        try:
            code, answer = 200, {"certificate": self._certificate(self._told()).decode()}
        except RefusedError as error:
            code, answer = 403, {"error": str(error)}
        except DeskcueError as error:
            code, answer = 400, {"error": str(error)}
        except sqlite3.Error as error:
            _log.warning("the ledger cannot be used (%s)", error)
            code, answer = 503, {"error": "the ledger cannot be used now"}
        body = json.dumps(answer).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _told(self) -> dict[str, str]:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > LARGEST:
            raise DeskcueError(f"a request has a length, of {LARGEST} bytes at most")
        try:
            told = json.loads(self.rfile.read(int(length)))
            return {str(key): str(value) for key, value in dict(told).items()}
        except (ValueError, TypeError, RecursionError):
            raise DeskcueError("a request is one JSON object") from None

    def _certificate(self, told: dict[str, str]) -> bytes:
        enrolment, request = self.server.enrolment, told.get("request", "").encode()
        if self.path == "/v1/enrol":
            return enrolment.enrol(told.get("token", ""), request)
        if self.path != "/v1/renew":
            raise DeskcueError("there is /v1/enrol and /v1/renew")
        assert isinstance(self.connection, ssl.SSLSocket)
        shown = self.connection.getpeercert()
        if not shown:
            raise RefusedError("to renew, show the certificate that the desk has")
        return enrolment.renew(int(str(shown["serialNumber"]), 16), request)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Tell the time of the authority."""
        now = self.server.enrolment.authority.now().timestamp()
        return email.utils.formatdate(now if timestamp is None else timestamp, usegmt=True)

    def log_message(self, *_: Any) -> None:
        """Say nothing of requests: the rules do, where there is something to say."""
