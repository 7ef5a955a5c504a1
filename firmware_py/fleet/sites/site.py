"""A site's folder: authority, broker's configuration, logins, signing keys.

========================  ====================================================================
``site.toml``             name of the site, where its broker is
``ca.pem``                the authority's certificate, for every desk
``private/ca.key``        the authority's key: whoever has it can be any desk; keep it offline
``broker/``               for ``/etc/mosquitto``: ``deskcue.conf``, ``acl``, certificates, key, and
                          ``crl.pem``, the list of revoked certificates
``logins/NAME/``          folders for the machines that read, or operate
``enrolment.db``          the ledger of tokens and desks' certificates, once there are some
``logins/NAME.txt``       name and password of those who come in by a browser
``page/index.html``       the floor page, which knows where the broker is
``signing/ROLE.key``      Ed25519 keys for what desks will fetch; roles as in The Update Framework
========================  ====================================================================
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from firmware_py.core.access import reason
from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.broker.login import FILE, Address, read_address
from firmware_py.fleet.floors.page import broker_url, page_or_hint
from firmware_py.fleet.folders import whole_folder, write_file
from firmware_py.fleet.names import check_name, identity
from firmware_py.fleet.packs.signing_keys import ROLES, public_pem, write_key
from firmware_py.fleet.sites.certificates import Authority, Pair, new_authority
from firmware_py.fleet.sites.mosquitto import BROWSERS, CERTIFIED, access_list, configuration
from firmware_py.fleet.sites.passwords import new_password, password_file
from firmware_py.settings.config import Desk

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


def init_site(
    address: Address,
    hosts: Iterable[str],
    out: Path,
    broker: Path | None,
    page_port: int = 0,
) -> None:
    """Make everything that a site needs, whole or not at all.

    Args:
        address: name of the site, and where desks find its broker.
        hosts: further names and addresses of the broker.
        out: the folder to make.
        broker: where ``out/broker`` will lie on the broker's machine; None: where it is made.
        page_port: where browsers come in; 0: nowhere.

    Raises:
        DeskcueError: a name is not good, or the folder is there already or cannot be made.
    """
    if check_name(address.site, "site") in (*CERTIFIED, *BROWSERS):
        raise DeskcueError(f"a site cannot be called {address.site}: a login is called so")
    identity(Desk(address.site, "1", "1"))  # there must be room for names of floors and desks
    if page_port == address.port:
        raise DeskcueError(f"desks and browsers cannot both come in at port {page_port}")
    with whole_folder(out, "a site's keys are made once: name a new folder") as made:
        authority, pair = new_authority(address.site)
        write_file(made / "ca.pem", pair.certificate)
        write_file(made / "private" / "ca.key", pair.key, secret=True)
        write_file(made / _SITE, address.to_toml().encode())
        found = broker or out.absolute() / "broker"
        conf = configuration(address.site, address.port, found, page_port)
        _broker(made / "broker", conf, access_list(address.site))
        _server(made / "broker", authority.server([address.host, *hosts]))
        write_file(made / "broker" / "ca.pem", pair.certificate)
        write_file(made / "broker" / "crl.pem", authority.revocations([]))
        for name in CERTIFIED:
            write_login(made / "logins" / name, address, authority, name)
        if page_port:
            _browsers(made, address.host, page_port)
        for role in ROLES:
            _signing_key(made / "signing", role)


def write_login(folder: Path, address: Address, authority: Authority, name: str) -> None:
    """Make the folder of a login, or of one desk."""
    pair = authority.client(name)
    write_file(folder / FILE, address.to_toml().encode())
    write_file(folder / "ca.pem", authority.pem)
    write_file(folder / "certificate.pem", pair.certificate)
    write_file(folder / "key.pem", pair.key, secret=True)


def _broker(folder: Path, conf: str, acl: str) -> None:
    write_file(folder / "deskcue.conf", conf.encode())
    write_file(folder / "acl", acl.encode())


def _server(folder: Path, server: Pair) -> None:
    write_file(folder / "server.pem", server.certificate)
    write_file(folder / "server.key", server.key, secret=True)


def _browsers(made: Path, host: str, port: int) -> None:
    """The page, and who may open it."""
    passwords = {name: new_password() for name in BROWSERS}
    write_file(made / "broker" / "passwords", password_file(passwords).encode(), secret=True)
    for name, password in passwords.items():
        text = f"broker: {broker_url(host, port)}\nname: {name}\npassword: {password}\n"
        write_file(made / "logins" / f"{name}.txt", text.encode(), secret=True)
    write_file(made / "page" / "index.html", page_or_hint(broker_url(host, port)))


def _signing_key(folder: Path, role: str) -> None:
    key = Ed25519PrivateKey.generate()
    write_key(folder / f"{role}.key", key)
    write_file(folder / f"{role}.pub", public_pem(key))
