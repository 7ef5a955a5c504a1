"""An offline bundle: one tar file with a manifest, its Ed25519 signature, and what it names.

The manifest holds version, machine and the SHA-256 of every file; the signature (RFC 8032, by
``cryptography``) is of the manifest's bytes, so it covers all of them.
"""

import hashlib
import json
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, Final

from firmware_py.core.errors import DeskcueError

MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
LARGEST_MANIFEST: Final = 1_000_000
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a bundle is, and what lies in it."""

    version: str
    machine: str
    """As ``uname -m`` says it."""
    python: str
    """Such as ``3.13``: wheels fit one."""
    files: Mapping[str, str]
    """Path -> SHA-256."""

    def to_bytes(self) -> bytes:
        """As it is signed."""
        return json.dumps(asdict(self), indent=1, sort_keys=True).encode()


def read_manifest(data: bytes) -> Manifest:
    """Read a manifest.

    Raises:
        DeskcueError: it is none, or names a path outside the bundle.
    """
    try:
        told = json.loads(data)
        manifest = Manifest(
            str(told["version"]), str(told["machine"]), str(told["python"]), dict(told["files"])
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        raise DeskcueError("the bundle's manifest is broken; fetch the bundle again") from None
    for name in manifest.files:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or not name:
            raise DeskcueError(f"the bundle names {name!r}, a path outside itself; do not use it")
    return manifest


def peek(bundle: Path) -> Manifest:
    """Read what a bundle says it is, unverified.

    Raises:
        DeskcueError: it is none, or cannot be read.
    """
    try:
        with tarfile.open(bundle, "r:") as tar:
            return read_manifest(next((_small(tar, entry) for entry in _first(tar, 1)), b""))
    except (tarfile.TarError, EOFError):
        raise DeskcueError(f"{bundle} is no bundle as scripts/wheelhouse makes them") from None


def pack(folder: Path, manifest: Manifest, signature: bytes, place: Path) -> None:
    """Write a bundle of a folder's files."""
    with tarfile.open(place, "w") as tar:
        for name, data in ((MANIFEST, manifest.to_bytes()), (SIGNATURE, signature)):
            tar.addfile(_entry(name, len(data)), BytesIO(data))
        for name in sorted(manifest.files):
            with (folder / name).open("rb") as file:
                tar.addfile(_entry(name, (folder / name).stat().st_size), file)


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size = size
    return entry


def hashes(folder: Path) -> dict[str, str]:
    """Path -> SHA-256 of every file below a folder."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(one.relative_to(folder)): _digest(one.read_bytes()) for one in files}


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def unpack(bundle: Path, public_key: bytes, into: Path) -> Manifest:
    """Verify a bundle and lay its files into an empty folder.

    Args:
        bundle: the file.
        public_key: 32 bytes, Ed25519.
        into: where to; its parent exists.

    Raises:
        DeskcueError: it cannot be read, is not signed by that key, or holds another file than it
            says. What was laid by then is the caller's to throw away.
    """
    try:
        with tarfile.open(bundle, "r:") as tar:
            manifest = _verified(tar, public_key, bundle)
            into.mkdir(parents=True)
            left, largest = dict(manifest.files), bundle.stat().st_size
            for entry in tar:
                if entry.name in (MANIFEST, SIGNATURE):
                    continue
                wanted = left.pop(entry.name, None)
                # A file with holes may be larger than the bundle, and than the disk.
                plain = entry.isfile() and entry.size <= largest
                file = tar.extractfile(entry) if plain else None
                if wanted is None or file is None or _laid(file, into / entry.name) != wanted:
                    raise DeskcueError(
                        f"{bundle}: {entry.name} is not what was signed; fetch it again"
                    )
    except (tarfile.TarError, EOFError):
        raise DeskcueError(f"{bundle} is no bundle, or cut short; fetch it again") from None
    if left:
        raise DeskcueError(f"{bundle} lacks {min(left)}; fetch it again")
    return manifest


def _verified(tar: tarfile.TarFile, public_key: bytes, bundle: Path) -> Manifest:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    head = {entry.name: _small(tar, entry) for entry in _first(tar, 2)}
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(head[SIGNATURE], head[MANIFEST])
    except (InvalidSignature, KeyError, ValueError):
        raise DeskcueError(
            f"{bundle}: the signature does not fit this device's key; do not use it"
        ) from None
    return read_manifest(head[MANIFEST])


def _first(tar: tarfile.TarFile, count: int) -> Iterator[tarfile.TarInfo]:
    for _ in range(count):
        entry = tar.next()
        if entry is not None:
            yield entry


def _small(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes:
    small = entry.isfile() and entry.size <= LARGEST_MANIFEST
    file = tar.extractfile(entry) if small else None
    return file.read() if file else b""


def _laid(file: IO[bytes], place: Path) -> str:
    """Write a file; return its SHA-256."""
    digest = hashlib.sha256()
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("xb") as out:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            out.write(chunk)
    return digest.hexdigest()
