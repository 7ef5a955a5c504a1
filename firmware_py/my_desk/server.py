"""The page's server: loopback alone, and only for who asks by this machine's own name.

The one place of the desk's side that listens on TCP. A page of the web may make a browser send
requests here, so the Host header must be ours (DNS rebinding), and whatever changes something needs
the token that stands in our own page (cross-site request forgery).
"""

import logging
from collections.abc import Callable
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import urlsplit

from firmware_py.core.errors import DeskcueError
from firmware_py.my_desk.requests import Answer, MyDesk

ADDRESS: Final = "127.0.0.1"
PORT: Final = 8317
_LONGEST: Final = 4096
"""Bytes of a form."""
_PATIENCE_S: Final = 10.0
_HEADERS: Final = {
    "Content-Type": "text/html; charset=utf-8",
    "Connection": "close",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline';"
    " form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

_log = logging.getLogger(__name__)


def make_server(desk: MyDesk, port: int = PORT) -> ThreadingHTTPServer:
    """Listen on loopback; port 0 takes a free one.

    Raises:
        DeskcueError: the port is taken.
    """
    try:
        server = ThreadingHTTPServer((ADDRESS, port), partial(_Handler, desk))
    except (OSError, OverflowError) as error:
        said = getattr(error, "strerror", None) or error
        raise DeskcueError(
            f"{ADDRESS}:{port} cannot be listened on ({said}); name another --port"
        ) from None
    server.daemon_threads = True
    return server


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    server_version, sys_version, timeout = "deskcue", "", _PATIENCE_S

    def __init__(self, desk: MyDesk, *connection: Any) -> None:
        self._desk = desk
        super().__init__(*connection)

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self._answer(lambda: self._desk.show(parts.query) if parts.path == "/" else Answer(404))

    def do_POST(self) -> None:
        self._answer(self._post)

    def _post(self) -> Answer:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdecimal()) or int(length) > _LONGEST:
            self.close_connection = True
            return Answer(413)
        body = self.rfile.read(int(length)).decode("utf-8", "replace")
        return self._desk.do(urlsplit(self.path).path, body)

    def _answer(self, make: Callable[[], Answer]) -> None:
        try:
            answer = make() if self._is_ours() else Answer(421)
        except DeskcueError as error:
            _log.warning("%s", error)
            answer = Answer(503, str(error))
        self._write(answer)

    def _is_ours(self) -> bool:
        """Whether the request names this machine, and comes from no other page."""
        port = self.connection.getsockname()[1]
        ours = {f"{ADDRESS}:{port}", f"localhost:{port}"}
        origin = self.headers.get("Origin")
        from_us = origin is None or origin.removeprefix("http://") in ours
        return self.headers.get("Host") in ours and from_us

    def _write(self, answer: Answer) -> None:
        body = answer.body.encode()
        self.send_response(answer.status)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        if answer.location:
            self.send_header("Location", answer.location)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name there
        _log.debug(format, *args)
