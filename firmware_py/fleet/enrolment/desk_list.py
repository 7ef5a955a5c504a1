"""The list of a site's desks, CSV: what IT fills in before the first card is written.

Columns, in any order, named in the first line: ``floor`` and ``desk``, and where they are wanted
``hostname``, ``address`` (with its prefix, ``10.1.3.17/24``), ``gateway``, ``dns``. Commas,
semicolons or tabs between, whichever the first line has; empty lines and columns do not count.
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

from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.enrolment.spreadsheet import read_text
from firmware_py.fleet.names import identity
from firmware_py.settings.config import Desk

COLUMNS: Final = ("floor", "desk", "hostname", "address", "gateway", "dns")
LARGEST: Final = 20_000_000
"""Bytes."""
SHOWN: Final = 20
"""Mistakes that are shown."""
_DATE: Final = re.compile(
    r"\d{1,2}月(\d{1,2}日)?|\d{4}年.*|\d{1,2}-(MONTH)|(MONTH)-\d{1,2}".replace(
        "MONTH", "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
    )
)
"""What Excel makes of 3-17 and 17-3, in Chinese and in English."""
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


def read_desks(path: Path, site: str, encoding: str = "") -> list[Place]:
    """Read a list of desks.

    Args:
        path: the file.
        site: the site's name.
        encoding: as Python knows it; Excel in Chinese writes ``gbk`` unless told otherwise. Empty:
            what the file's byte order mark says, or UTF-8.

    Raises:
        DeskcueError: it cannot be read, or has mistakes; one line for each of the first twenty.
    """
    places, mistakes = [], []
    for number, one in _read_places(path, read_text(path, encoding, LARGEST), site):
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


def _read_places(path: Path, text: str, site: str) -> Iterator[tuple[int, Place | str]]:
    """Give each row's line with its place, or with what is wrong with it."""
    seen: dict[str, int] = {}
    for number, row in _read_rows(path, text):
        try:
            place = _place(row, site)
        except DeskcueError as error:
            yield number, str(error)
            continue
        marks = [*filter(None, {place.name: 0, place.hostname: 0, place.address.split("/")[0]: 0})]
        if twice := next((one for one in marks if one in seen), ""):
            yield number, f"{twice} is there already, in line {seen[twice]}"
            continue
        seen |= dict.fromkeys(marks, number)
        yield number, place


def _read_rows(path: Path, text: str) -> Iterator[tuple[int, dict[str, str] | None]]:
    """Give each row that is not empty with its line; None: it has other fields than the first."""
    first = text.split("\n", 1)[0]
    marked = first[4:5] if first.lower().startswith("sep=") else ""  # Excel's own word for it
    between = marked or max(",;\t", key=first.count)
    rows = csv.reader(
        io.StringIO(text, newline=""), delimiter=between, skipinitialspace=True, strict=True
    )
    names: list[str] = []
    read = 0
    try:
        for row in rows:
            cells, read = [cell.strip() for cell in row], rows.line_num
            if not any(cells) or (marked and read == 1):
                continue
            if not names:
                names = _columns(path, cells)
                continue
            filled = len(cells) >= len(names) and not any(cells[len(names) :])
            yield read, dict(zip(names, cells, strict=False)) if filled else None
    except csv.Error as error:
        raise DeskcueError(f"{path}:{read + 1}: this is no CSV ({error})") from None
    if not names:
        _columns(path, [])


def _columns(path: Path, cells: list[str]) -> list[str]:
    """Names of the columns; empty ones at the end, as spreadsheets leave them, do not count."""
    names = [cell.lower() for cell in cells]
    while names and not names[-1]:
        names.pop()
    lacking = {"floor", "desk"} - {*names}
    unknown = [name for name in names if name not in COLUMNS]
    if lacking or unknown or len(names) != len({*names}):
        raise DeskcueError(
            f"{path}:1: the first line names the columns, each once, commas between: floor,desk"
            f" and if wanted {','.join(COLUMNS[2:])}; it reads {','.join(cells)!r}"
        )
    return names


def _place(row: dict[str, str] | None, site: str) -> Place:
    if row is None:
        raise DeskcueError("this line has not as many fields as the first")
    value = {name: row.get(name, "") for name in COLUMNS}
    desk = Desk(site, value["floor"], value["desk"])
    for name in (desk.floor, desk.desk):
        if _DATE.fullmatch(name):
            raise DeskcueError(
                f"{name!r} looks like a date that a spreadsheet made of a name such as 3-17; give"
                " the column the format Text, and write the name again"
            )
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
    _check_host(place, gateway)


def _check_host(place: ipaddress.IPv4Interface | ipaddress.IPv6Interface, gateway: str) -> None:
    ends = {place.network.network_address, place.network.broadcast_address}
    if place.network.num_addresses > 2 and place.ip in ends:
        raise DeskcueError(f"{place} is the network's own address or its broadcast, no desk's")
    if gateway and ipaddress.ip_address(gateway) == place.ip:
        raise DeskcueError(f"{place.ip} is the gateway's address, too; a desk needs its own")
