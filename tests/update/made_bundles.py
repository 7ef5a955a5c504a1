"""Tiny bundles, and a machine that takes them in no time."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from firmware_py.update.bundle import Manifest, hashes, pack
from firmware_py.update.slots import Slots
from firmware_py.update.updater import System

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = PRIVATE.public_key().public_bytes_raw()


def bundle(folder: Path, version: str, machine: str = "x86_64", python: str = "3.13") -> Path:
    """Write a signed bundle of two small files."""
    source = folder / f"source-{version}"
    (source / "wheels").mkdir(parents=True, exist_ok=True)
    (source / "program").write_text(version, "utf-8")
    (source / "wheels" / "one.whl").write_bytes(b"wheel " * 2000)
    manifest = Manifest(version, machine, python, hashes(source))
    place = folder / f"{version}.bundle"
    pack(source, manifest, PRIVATE.sign(manifest.to_bytes()), place)
    return place


def installed(folder: Path, version: str = "1.0.0") -> Slots:
    """Slots with a version in force."""
    slots = Slots(folder / "opt")
    slots.path("a").mkdir(parents=True)
    (slots.path("a") / "program").write_text(version, "utf-8")
    slots.finish("a", version)
    (slots.root / "current").symlink_to("slots/a")
    return slots


def running(slots: Slots) -> str:
    """The version that a boot would start."""
    return (slots.root / "current" / "program").read_text("utf-8")


@dataclass
class Desk:
    """A machine in made-up time, whose services may be unwell after a restart."""

    slots: Slots
    ill: Callable[[str, float], str] = lambda _version, _seconds: ""
    """What is wrong with a version so many seconds after its start."""
    seconds: float = 0.0
    started: float = 0.0
    restarts: list[str] = field(default_factory=list)

    def system(self) -> System:
        """What an update does to it."""
        return System(
            install=self._install,
            restart=self._restart,
            unwell=lambda: self.ill(running(self.slots), self.seconds - self.started),
            now=lambda: self.seconds,
            sleep=self._sleep,
            machine="x86_64",
            python="3.13",
        )

    def _install(self, unpacked: Path, slot: Path) -> None:
        shutil.copytree(unpacked, slot)

    def _restart(self) -> None:
        self.started = self.seconds
        self.restarts.append(running(self.slots))

    def _sleep(self, seconds: float) -> None:
        self.seconds += seconds
