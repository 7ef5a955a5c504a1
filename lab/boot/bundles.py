"""Bundles to try updates with, made of one that ``scripts/wheelhouse`` built for the container."""

import dataclasses
import io
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from firmware_py.update.bundle import Manifest, hashes, pack, unpack

NEW: Final = "0.2.0"
ILL: Final = "0.3.0"
OLD: Final = "0.0.1"
MARK: Final = "# of version "
"""Begins a line in the units of each bundle made here; its version follows."""
_PROGRAM: Final = "firmware_py/cli.py"
_UNIT: Final = "deskcue-uplink.service"


def make(plain: Path, key: Ed25519PrivateKey, into: Path) -> dict[str, Path]:
    """Make all of them.

    Args:
        plain: what ``scripts/wheelhouse`` made.
        key: what it signed with.
        into: folder for them.

    Returns:
        ``new``; ``ill``, which does not start at all; ``old``; ``other``, for another processor.
    """
    with tempfile.TemporaryDirectory(dir=into) as folder:
        files = Path(folder, "files")
        manifest = unpack(plain, key.public_key().public_bytes_raw(), files)
        broken = {_PROGRAM: b'raise SystemExit("broken on purpose")\n'}
        made = {
            "new": _bundle(files, manifest, NEW, {}, key, into / "new.bundle"),
            "ill": _bundle(files, manifest, ILL, broken, key, into / "ill.bundle"),
            "old": _bundle(files, manifest, OLD, {}, key, into / "old.bundle"),
        }
        other = dataclasses.replace(manifest, version=NEW, machine="riscv64")
        made["other"] = _signed(files, other, key, into / "other.bundle")
    return made


def _bundle(
    files: Path,
    manifest: Manifest,
    version: str,
    changes: Mapping[str, bytes],
    key: Ed25519PrivateKey,
    place: Path,
) -> Path:
    with tempfile.TemporaryDirectory(dir=files.parent) as folder:
        here = Path(folder, "bundle")
        shutil.copytree(files, here)
        (wheel,) = (here / "wheels").glob("deskcue-*.whl")
        data = renumbered(wheel.read_bytes(), manifest.version, version, changes)
        wheel.unlink()
        wheel.with_name(wheel.name.replace(manifest.version, version)).write_bytes(data)
        return _signed(here, dataclasses.replace(manifest, version=version), key, place)


def _signed(files: Path, manifest: Manifest, key: Ed25519PrivateKey, place: Path) -> Path:
    manifest = dataclasses.replace(manifest, files=hashes(files))
    pack(files, manifest, key.sign(manifest.to_bytes()), place)
    return place


def renumbered(wheel: bytes, before: str, after: str, changes: Mapping[str, bytes]) -> bytes:
    """A wheel of another version, with some files changed and its units marked."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(wheel)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            name = entry.filename
            data = changes.get(name, old.read(name))
            if name.endswith(("/METADATA", "/RECORD", "firmware_py/__init__.py")):
                data = data.replace(before.encode(), after.encode())
            if name.endswith(_UNIT):
                data += f"{MARK}{after}\n".encode()
            entry.filename = name.replace(f"deskcue-{before}", f"deskcue-{after}")
            new.writestr(entry, data)  # as it was: a program must stay one
    return out.getvalue()
