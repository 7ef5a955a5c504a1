"""Names of sites, desks and hosts: what a topic and a certificate take; and the desks' order."""

import ipaddress
import re
from typing import Final

from firmware_py.contract.topics import MAJOR
from firmware_py.core.errors import DeskcueError
from firmware_py.settings.config import Desk

LONGEST: Final = 64
"""Bytes in UTF-8 of a certificate's common name (ub-common-name of RFC 5280, as OpenSSL has it)."""
_NUMBER: Final = re.compile(r"\d+|[零一二三四五六七八九十百]+")
_TENS: Final = {"十": 10, "百": 100}
_FORBIDDEN: Final = frozenset('+#/%"\\')
_LABEL: Final = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
_NUMBERS: Final = re.compile(r"(^|\.)[0-9]+$")
"""No host's name ends so, but a mistyped address does."""


def check_name(name: str, what: str) -> str:
    """Give back a name that can be a level of a topic and part of a certificate's name.

    Raises:
        DeskcueError: it cannot.
    """
    if not name or name != name.strip() or not name.isprintable() or _FORBIDDEN & set(name):
        raise DeskcueError(
            f"{what} {name!r} cannot be a topic level: it must not be empty, begin or end with a"
            ' space, or hold control characters or any of + # / % " \\'
        )
    return name


def check_host(host: str) -> str:
    """Give back a host's name or address that can be one.

    Raises:
        DeskcueError: it cannot.
    """
    try:
        ipaddress.ip_address(host)
    except ValueError:
        labels = host.split(".")
        if len(host) > 253 or not all(map(_LABEL.fullmatch, labels)) or _NUMBERS.search(host):
            raise DeskcueError(
                f"{host!r} is no host name or address in ASCII, without scheme and port"
            ) from None
    return host


def identity(desk: Desk) -> str:
    """Common name of a desk's certificate, ``SITE/FLOOR/DESK``: what its topics begin with.

    Raises:
        DeskcueError: a name cannot be part of a topic, or all together are too long.
    """
    name = "/".join(
        check_name(level, what)
        for level, what in ((desk.site, "site"), (desk.floor, "floor"), (desk.desk, "desk"))
    )
    if (size := len(name.encode())) > LONGEST:
        raise DeskcueError(
            f"{name} has {size} bytes (three for a Chinese character), and a certificate holds"
            f" {LONGEST}; shorten a name"
        )
    return name


def in_order(name: str) -> str:
    """A key by which names sort as people count: 3-2 before 3-10, 五楼 before 六楼."""
    return _NUMBER.sub(lambda found: f"{_value(found[0]):09d}", name)


def _value(number: str) -> int:
    if number.isdecimal():
        return int(number)
    total = unit = 0
    for one in number:
        if tens := _TENS.get(one):
            total, unit = total + tens * (unit or 1), 0
        else:
            unit = "零一二三四五六七八九".index(one)
    return total + unit


def prefix(rest: str) -> str:
    """Topic of this version of the contract below which ``rest`` lies."""
    return f"deskcue/v{MAJOR}/{rest}"
