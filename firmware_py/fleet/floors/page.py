"""The floor page: one HTML file for any web server, built from ``web/`` by ``scripts/web``."""

import html
import re
from importlib import resources
from typing import Final

from firmware_py.core.errors import DeskcueError

FOLDER: Final = resources.files("firmware_py.fleet").joinpath("static")
"""Where the built page lies in the package."""
_NOWHERE: Final = b'<meta name="deskcue-broker" content="">'
"""Where the built page has the broker's address."""
_URL: Final = re.compile(r"wss?://[^/\s\"'<>]+(/[^\s\"'<>]*)?")
_HINT: Final = b"""<!doctype html><meta charset="utf-8"><title>DeskCue</title>
<p>The floor page was not built when this site was made: run <code>scripts/web</code> in the sources
of deskcue, then <code>deskcue fleet page</code>.
"""


def page(broker: str = "") -> bytes:
    """The page.

    Args:
        broker: URL of the broker's WebSocket; empty: the page asks for it.

    Raises:
        DeskcueError: the page was never built, or this is no such URL.
    """
    if broker and not _URL.fullmatch(broker):
        raise DeskcueError(f"{broker!r} is no address of a WebSocket; write wss://HOST:PORT")
    try:
        built = FOLDER.joinpath("index.html").read_bytes()
    except OSError:
        raise DeskcueError(
            "the floor page is not in this deskcue; run scripts/web in its sources (needs Node.js)"
        ) from None
    return built.replace(_NOWHERE, _NOWHERE.replace(b'""', f'"{html.escape(broker)}"'.encode()))


def page_or_hint(broker: str) -> bytes:
    """The page, or one that says how to get it."""
    try:
        return page(broker)
    except DeskcueError:
        return _HINT


def broker_url(host: str, port: int) -> str:
    """Where a browser finds the broker."""
    return f"wss://[{host}]:{port}" if ":" in host else f"wss://{host}:{port}"
