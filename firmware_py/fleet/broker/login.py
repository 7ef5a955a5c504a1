"""A login's folder: what a machine needs to come to the site's broker, and no more.

``login.toml`` (site, host, port), ``ca.pem``, ``certificate.pem``, ``key.pem``.
"""

import json
import ssl
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware_py.core.access import reason
from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.names import check_host, check_name
from firmware_py.uplink.tls_socket import ClosingSocket

FILE: Final = "login.toml"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a site's broker is."""

    site: str
    host: str
    port: int

    def to_toml(self) -> str:
        """Text of a file that holds it."""
        return (
            f"site = {json.dumps(self.site, ensure_ascii=False)}\n"
            f"host = {json.dumps(self.host)}\nport = {self.port}\n"
        )


@dataclass(frozen=True, slots=True)
class Login:
    """A way to the broker."""

    address: Address
    folder: Path

    @property
    def site(self) -> str:
        """Name of the site."""
        return self.address.site

    @property
    def where(self) -> str:
        """The broker, as a person reads it."""
        return f"{self.address.host}:{self.address.port}"

    def tls(self) -> ssl.SSLContext:
        """Make the context in which to connect.

        Raises:
            DeskcueError: a file is missing, or is no certificate.
        """
        try:
            context = ssl.create_default_context(cafile=str(self.folder / "ca.pem"))
            context.sslsocket_class = ClosingSocket
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            context.load_cert_chain(self.folder / "certificate.pem", self.folder / "key.pem")
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
            raise DeskcueError(
                f"the login {self.folder} cannot be used ({error}); it holds ca.pem,"
                " certificate.pem and key.pem as deskcue fleet init made them"
            ) from None
        return context


def read_address(path: Path) -> Address:
    """Read ``login.toml`` or ``site.toml``.

    Raises:
        DeskcueError: it is not there, or not as init wrote it.
    """
    try:
        told = tomllib.loads(path.read_text("utf-8"))
        site, host, port = told["site"], told["host"], told["port"]
    except OSError as error:
        raise DeskcueError(
            f"{path} cannot be read ({reason(path, error)}); name a folder that deskcue fleet init"
            " made"
        ) from None
    except (ValueError, KeyError) as error:
        raise DeskcueError(f"{path}: {error}; it holds site, host and port") from None
    if not isinstance(site, str) or not isinstance(host, str) or type(port) is not int:
        raise DeskcueError(f"{path}: site and host are texts, port is a number")
    # What can never be reached or heard: here it is a line, later it would be tried for ever.
    try:
        check_name(site, "site"), check_host(host)
    except DeskcueError as error:
        raise DeskcueError(f"{path}: {error}") from None
    if not 0 < port < 65536:
        raise DeskcueError(f"{path}: port {port} is no number from 1 to 65535")
    return Address(site, host, port)


def read_login(folder: Path) -> Login:
    """Open a login's folder.

    Raises:
        DeskcueError: it is none.
    """
    return Login(read_address(folder / FILE), folder)
