"""The keys by which desks know what a site has published: Ed25519, one for each role.

``root`` says which keys count, ``targets`` what is published, ``snapshot`` which state of it is one
whole, ``timestamp`` that this state is the newest (The Update Framework, specification 1.0). A key
that takes another's place waits as ``ROLE.key.new`` until all is signed.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from securesystemslib.signer import CryptoSigner

from firmware_py.core.access import reason
from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.folders import write_file

ROLES: Final = ("root", "targets", "snapshot", "timestamp")


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """A folder of them."""

    folder: Path

    def signer(self, role: str) -> CryptoSigner:
        """What signs for a role.

        Raises:
            DeskcueError: its key is not here.
        """
        return _read(self.folder / f"{role}.key")

    def waiting(self, role: str) -> CryptoSigner | None:
        """What shall sign for a role once all is signed with it, if there is one."""
        path = self._waiting(role)
        return _read(path) if path.exists() else None

    def add(self, role: str) -> CryptoSigner:
        """Make a key that waits to take the place of a role's."""
        self.drop(role)
        write_key(self._waiting(role), Ed25519PrivateKey.generate())
        return _read(self._waiting(role))

    def settle(self, role: str) -> None:
        """Put the key that waits in the place of the former one."""
        waits = self._waiting(role)
        key = load_pem_private_key(waits.read_bytes(), None)
        assert isinstance(key, Ed25519PrivateKey)
        (self.folder / f"{role}.pub").write_bytes(public_pem(key))
        waits.replace(self.folder / f"{role}.key")

    def drop(self, role: str) -> None:
        """Throw away a key that waits."""
        self._waiting(role).unlink(missing_ok=True)

    def _waiting(self, role: str) -> Path:
        return self.folder / f"{role}.key.new"


def write_key(path: Path, key: Ed25519PrivateKey) -> None:
    """Write a private key, PKCS 8 without a password; the file's mode guards it."""
    form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_file(path, key.private_bytes(*form), secret=True)
    with path.open("rb") as file:
        os.fsync(file.fileno())


def public_pem(key: Ed25519PrivateKey) -> bytes:
    """Write its public half."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _read(path: Path) -> CryptoSigner:
    try:
        return CryptoSigner(load_pem_private_key(path.read_bytes(), None))
    except OSError as error:
        raise DeskcueError(
            f"the signing key {path} cannot be read ({reason(path, error)})"
        ) from None
    except (ValueError, TypeError):
        raise DeskcueError(f"{path} is no signing key as deskcue fleet init makes them") from None
