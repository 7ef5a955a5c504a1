"""A site's folder: authority, broker's configuration, logins, signing keys.

========================  ====================================================================
``site.toml``             name of the site, where its broker is
``ca.pem``                the authority's certificate, for every desk
``private/ca.key``        the authority's key: whoever has it can be any desk; keep it offline
``broker/``               for ``/etc/mosquitto``: ``deskcue.conf``, ``acl``, certificates, key, and
                          ``crl.pem``, the list of revoked certificates
``logins/NAME/``          folders for the machines that read, or operate
``enrolment.db``          the ledger of tokens and desks' certificates, once there are some
``signing/ROLE.key``      Ed25519 keys for what desks will fetch; roles as in The Update Framework
========================  ====================================================================
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from firmware_py.core.access import reason
from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.certificates import Authority, Pair, new_authority
from firmware_py.fleet.folders import whole_folder, write_file
from firmware_py.fleet.login import FILE, Address, read_address
from firmware_py.fleet.mosquitto import OPERATOR, READER, access_list, configuration
from firmware_py.fleet.names import check_name, identity
from firmware_py.settings.config import Desk

ROLES: Final = ("root", "targets", "snapshot", "timestamp")
_SITE: Final = "site.toml"


@dataclass(frozen=True, slots=True)
class Site:
    """A site's folder, open."""

    address: Address
    authority: Authority

    def sign(self, desk: Desk, request: bytes) -> bytes:
        """Make the certificate of a desk that has made its own key; ``request`` is PKCS 10, PEM.

        Raises:
            DeskcueError: the desk's names are not good, or the request is none.
        """
        return self.authority.sign_request(identity(desk), request)


def read_site(folder: Path) -> Site:
    """Open a site's folder.

    Raises:
        DeskcueError: it is none, or its private part is not to be read.
    """
    address = read_address(folder / _SITE)
    paths = (folder / "ca.pem", folder / "private" / "ca.key")
    for path in paths:
        try:
            path.open("rb").close()
        except OSError as error:
            raise DeskcueError(f"{path} cannot be read ({reason(path, error)})") from None
    return Site(address, Authority(Pair(*(path.read_bytes() for path in paths))))


def init_site(address: Address, hosts: Iterable[str], out: Path, broker: Path | None) -> None:
    """Make everything that a site needs, whole or not at all.

    Args:
        address: name of the site, and where desks find its broker.
        hosts: further names and addresses of the broker.
        out: the folder to make.
        broker: where ``out/broker`` will lie on the broker's machine; None: where it is made.

    Raises:
        DeskcueError: a name is not good, or the folder is there already or cannot be made.
    """
    if check_name(address.site, "site") in (READER, OPERATOR):
        raise DeskcueError(f"a site cannot be called {address.site}: a login is called so")
    with whole_folder(out, "a site's keys are made once: name a new folder") as made:
        authority, pair = new_authority(address.site)
        write_file(made / "ca.pem", pair.certificate)
        write_file(made / "private" / "ca.key", pair.key, secret=True)
        write_file(made / _SITE, address.to_toml().encode())
        found = broker or out.absolute() / "broker"
        _broker(made / "broker", address, authority.server([address.host, *hosts]), found)
        write_file(made / "broker" / "ca.pem", pair.certificate)
        write_file(made / "broker" / "crl.pem", authority.revocations([]))
        for name in (READER, OPERATOR):
            write_login(made / "logins" / name, address, authority, name)
        for role in ROLES:
            _signing_key(made / "signing", role)


def write_login(folder: Path, address: Address, authority: Authority, name: str) -> None:
    """Make the folder of a login, or of one desk."""
    pair = authority.client(name)
    write_file(folder / FILE, address.to_toml().encode())
    write_file(folder / "ca.pem", authority.pem)
    write_file(folder / "certificate.pem", pair.certificate)
    write_file(folder / "key.pem", pair.key, secret=True)


def _broker(folder: Path, address: Address, server: Pair, found: Path) -> None:
    conf = configuration(address.site, address.port, found)
    write_file(folder / "deskcue.conf", conf.encode())
    write_file(folder / "acl", access_list(address.site).encode())
    write_file(folder / "server.pem", server.certificate)
    write_file(folder / "server.key", server.key, secret=True)


def _signing_key(folder: Path, role: str) -> None:
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    write_file(folder / f"{role}.key", private, secret=True)
    write_file(folder / f"{role}.pub", public)
