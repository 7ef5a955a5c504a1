"""A site that publishes, and a web server that knows nothing of it."""

import shutil
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from firmware_py.fetch.choice import Machine
from firmware_py.fetch.fetching import Fetched, fetch
from firmware_py.fleet.packs.repository import Item, Packs
from firmware_py.fleet.packs.signing_keys import ROLES, SigningKeys, write_key

MACHINE = Machine("1.0.0", "aarch64", "3.13")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@dataclass
class Publisher:
    """The site and its web server."""

    root: Path
    ago: timedelta = timedelta()
    """How long ago it publishes."""
    _server: ThreadingHTTPServer | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        for role in ROLES:
            write_key(self.root / "signing" / f"{role}.key", Ed25519PrivateKey.generate())

    @property
    def folder(self) -> Path:
        """What is published."""
        return self.root / "packs"

    @property
    def packs(self) -> Packs:
        """What publishes."""
        keys = SigningKeys(self.root / "signing")
        return Packs(self.folder, keys, lambda: datetime.now(UTC) - self.ago)

    @property
    def url(self) -> str:
        """Of the web server."""
        assert self._server
        return f"http://127.0.0.1:{self._server.server_port}/packs"

    def publish(self, remove: str = "", **files: bytes) -> None:
        """Publish small rulebooks by name."""
        items = {f"rulebooks/{name}.toml": self.item(content) for name, content in files.items()}
        self.packs.publish(items, frozenset({remove} if remove else ()))

    def item(self, content: bytes, custom: Mapping[str, Any] | None = None) -> Item:
        """Something to publish."""
        path = self.root / f"item-{len([*self.root.glob('item-*')])}"
        path.write_bytes(content)
        return Item(path, custom or {})

    def first_root(self) -> bytes:
        """What a desk was given at its first boot."""
        return (self.folder / "metadata" / "1.root.json").read_bytes()

    def fetch(self, store: str = "store", root: bytes = b"") -> Fetched:
        """Do what ``deskcue fetch`` does."""
        now = datetime.now(UTC).timestamp
        place = self.root / store
        return fetch(self.url, root or self.first_root(), place, now, MACHINE)

    def kept(self, store: str = "store") -> dict[str, bytes]:
        """What a desk has."""
        folder = self.root / store
        return {
            str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and "seen" not in path.parts
        }

    def start(self) -> None:
        """Serve the folder."""
        handler = partial(_Quiet, directory=str(self.root))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self._server.serve_forever, args=(0.01,)).start()

    def stop(self) -> None:
        """End it."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()

    def copy(self, name: str) -> Path:
        """Keep a copy of what is published."""
        return Path(shutil.copytree(self.folder, self.root / name))

    def put_back(self, copy: Path) -> None:
        """Publish a copy again."""
        shutil.rmtree(self.folder)
        shutil.copytree(copy, self.folder)
