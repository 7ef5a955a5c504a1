"""The list of a site's desks, CSV: what IT fills in before the first card is written.

Columns, in any order, named in the first line: ``floor`` and ``desk``, and where they are wanted
``hostname``, ``address`` (with its prefix, ``10.1.3.17/24``), ``gateway``, ``dns``.
"""

import csv
import hashlib
import io
import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware_py.core.access import reason
from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.names import identity
from firmware_py.settings.config import Desk

COLUMNS: Final = ("floor", "desk", "hostname", "address", "gateway", "dns")
LARGEST: Final = 20_000_000
"""Bytes."""
SHOWN: Final = 20
"""Mistakes that are shown."""
_HOSTNAME: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")


@dataclass(frozen=True, slots=True)
class Place:
    """A desk, and how its device is in the network."""

    desk: Desk
    hostname: str
    address: str = ""
    """With its prefix; empty: by DHCP."""
    gateway: str = ""
    dns: str = ""

    @property
    def name(self) -> str:
        """``SITE/FLOOR/DESK``."""
        return identity(self.desk)


def read_desks(path: Path, site: str, encoding: str = "utf-8") -> list[Place]:
    """Read a list of desks.

    Args:
        path: the file, with or without a byte order mark.
        site: the site's name.
        encoding: as Python knows it; Excel in Chinese writes ``gbk`` unless told otherwise.

    Raises:
        DeskcueError: it cannot be read, or has mistakes; one line for each of the first twenty.
    """
    text = io.StringIO(_text(path, encoding), newline="")
    rows = csv.DictReader(text, skipinitialspace=True, strict=True)
    _check_columns(path, [*(rows.fieldnames or [])])
    places, mistakes = [], []
    for number, one in _read_rows(path, rows, site):
        if isinstance(one, Place):
            places.append(one)
        else:
            mistakes.append(f"{path}:{number}: {one}")
    if mistakes:
        more = len(mistakes) - SHOWN
        lines = mistakes[:SHOWN] + ([f"{path}: and {more} mistakes more"] if more > 0 else [])
        raise DeskcueError("\n".join(lines))
    if not places:
        raise DeskcueError(f"{path} names no desk: below the line floor,desk there is nothing")
    return places


def _text(path: Path, encoding: str) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise DeskcueError(f"{path} has over {LARGEST // 10**6} MB; that is no list of desks")
        data = path.read_bytes()
    except OSError as error:
        raise DeskcueError(f"{path} cannot be read ({reason(path, error)})") from None
    try:
        return data.decode("utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise DeskcueError(
            f"{path}:{line}: this is not {encoding}; save it as CSV UTF-8, or, if Excel in Chinese"
            " wrote it, say --encoding gbk"
        ) from None
    except LookupError:
        raise DeskcueError(f"no encoding is called {encoding!r}; say utf-8 or gbk") from None


def _check_columns(path: Path, names: list[str]) -> None:
    lacking = {"floor", "desk"} - {*names}
    unknown = [name for name in names if name not in COLUMNS]
    if lacking or unknown or len(names) != len({*names}):
        raise DeskcueError(
            f"{path}:1: the first line names the columns, each once, commas between: floor,desk"
            f" and if wanted {','.join(COLUMNS[2:])}; it reads {','.join(names)!r}"
        )


def _read_rows(
    path: Path, rows: "csv.DictReader[str]", site: str
) -> Iterator[tuple[int, Place | str]]:
    """Give each row's line with its place, or with what is wrong with it."""
    seen: dict[str, int] = {}
    try:
        for row in rows:
            number = rows.line_num
            try:
                place = _place(row, site)
            except DeskcueError as error:
                yield number, str(error)
                continue
            for what in {place.name: 0, place.hostname: 0}:
                if what in seen:
                    yield number, f"{what} is there already, in line {seen[what]}"
                    break
                seen[what] = number
            else:
                yield number, place
    except csv.Error as error:
        raise DeskcueError(f"{path}:{rows.line_num + 1}: this is no CSV ({error})") from None


def _place(row: dict[str, str], site: str) -> Place:
    if None in row or None in row.values():
        raise DeskcueError("this line has not as many fields as the first")
    value = {name: (row.get(name) or "").strip() for name in COLUMNS}
    desk = Desk(site, value["floor"], value["desk"])
    identity(desk)
    hostname = value["hostname"] or _hostname(desk)
    if not _HOSTNAME.fullmatch(hostname):
        raise DeskcueError(f"{hostname!r} is no host name: a-z, 0-9 and -, 63 characters at most")
    _check_network(value)
    return Place(desk, hostname, value["address"], value["gateway"], value["dns"])


def _hostname(desk: Desk) -> str:
    """Make a name of ASCII letters; where that is not the desk's own, a mark keeps it unique."""
    told = f"{desk.floor}-{desk.desk}"
    plain = re.sub(r"[^a-z0-9]+", "-", told.lower()).strip("-")[:40]
    mark = "" if plain == told else f"-{hashlib.sha256(told.encode()).hexdigest()[:6]}"
    return f"desk-{plain}{mark}".replace("--", "-")


def _check_network(value: dict[str, str]) -> None:
    address, gateway, dns = value["address"], value["gateway"], value["dns"]
    if not address:
        if gateway or dns:
            raise DeskcueError("gateway and dns go with an address; without one DHCP tells them")
        return
    try:
        place = ipaddress.ip_interface(address)
        for one in filter(None, (gateway, dns)):
            ipaddress.ip_address(one)
    except ValueError as error:
        raise DeskcueError(str(error)) from None
    if "/" not in address or (gateway and ipaddress.ip_address(gateway) not in place.network):
        raise DeskcueError(f"{address} needs its prefix, such as /24, and the gateway within it")
