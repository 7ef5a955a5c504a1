"""What cloud-init (NoCloud) finds on a desk's boot partition: no key, but a token for one.

JSON is YAML, too; written in ASCII, it looks the same to every reader, and cloud-init keeps it as
it is, so that what must not stay can be found.
"""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.broker.login import Address
from firmware_py.fleet.enrolment.desk_list import Place
from firmware_py.settings.reader import load_config
from firmware_py.settings.toml_document import read_file

FOLDER: Final = "/etc/deskcue"
_OURS: Final = ("desk", "broker")


@dataclass(frozen=True, slots=True)
class Order:
    """What every desk of an order is told."""

    broker: Address
    service: str
    """``HOST:PORT`` of the enrolment service."""
    authority: bytes
    """The site's certificate, PEM."""
    made: float
    """Seconds since the epoch; a desk whose clock says less has none."""
    settings: str = ""
    """Text of a ``deskcue.toml`` without ``[desk]`` and ``[broker]``."""
    root: bytes = b""
    """What is trusted of what the site publishes; empty: nothing is published."""


def boot_files(order: Order, place: Place, token: str) -> dict[str, str]:
    """Make the three files: name -> text."""
    return {
        "user-data": "#cloud-config\n" + _json(_user_data(order, place, token)),
        "meta-data": _json(
            {
                # Another token is another instance, so that cloud-init does its work again.
                "instance-id": f"deskcue-{hashlib.sha256(token.encode()).hexdigest()[:16]}",
                "local-hostname": place.hostname,
            }
        ),
        "network-config": _json({"version": 2, "ethernets": {"eth0": _ethernet(place)}}),
    }


def read_settings(path: Path) -> str:
    """Read the settings that all desks of a site share.

    Raises:
        DeskcueError: they cannot be read, have mistakes, or say what each desk is told.
    """
    load_config(path)
    text = read_file(path).decode("utf-8-sig")
    told = tomllib.loads(text)
    if any(name in told for name in _OURS):
        raise DeskcueError(f"{path}: leave [desk] and [broker] out; every desk gets its own")
    return text


def _user_data(order: Order, place: Place, token: str) -> dict[str, Any]:
    enrolment: dict[str, str | float] = {
        "service": order.service,
        "desk": place.name,
        "made": int(order.made),
        "token": token,
    }
    published = [_file("packs.root.json", order.root.decode(), "0644")] if order.root else []
    return {
        "hostname": place.hostname,
        "write_files": [
            _file("ca.pem", order.authority.decode(), "0644"),
            _file("deskcue.toml", _settings(order, place), "0644"),
            _file("enrolment.toml", _toml(enrolment), "0600"),
            *published,
        ],
        "runcmd": [
            ["systemctl", "restart", "--no-block", "deskcue-ear.service"],
            ["systemctl", "start", "--no-block", "deskcue-enrol.service"],
        ],
    }


def _settings(order: Order, place: Place) -> str:
    desk, broker = place.desk, order.broker
    keys = f"{FOLDER}/desk.pem"
    return "\n".join(
        (
            order.settings,
            "[desk]",
            _toml({"site": desk.site, "floor": desk.floor, "desk": desk.desk}),
            "[broker]",
            _toml(
                {
                    "host": broker.host,
                    "port": broker.port,
                    "ca_file": f"{FOLDER}/ca.pem",
                    "cert_file": keys,
                    "key_file": keys,
                }
            ),
        )
    )


def _ethernet(place: Place) -> dict[str, Any]:
    if not place.address:
        return {"dhcp4": True, "optional": True}
    made: dict[str, Any] = {"addresses": [place.address], "optional": True}
    if place.gateway:
        made["routes"] = [{"to": "default", "via": place.gateway}]
    if place.dns:
        made["nameservers"] = {"addresses": [place.dns]}
    return made


def _file(name: str, content: str, permissions: str) -> dict[str, str]:
    return {"path": f"{FOLDER}/{name}", "permissions": permissions, "content": content}


def _toml(values: Mapping[str, str | float]) -> str:
    """Write plain keys; a JSON string is a TOML string, too."""
    lines = (f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in values.items())
    return _ascii("".join(lines))


def _json(content: object) -> str:
    return _ascii(json.dumps(content, indent=1, ensure_ascii=False)) + "\n"


def _ascii(text: str) -> str:
    """Escape as YAML and TOML both do; JSON would write two halves of what is beyond U+FFFF."""
    return "".join(one if one < "\x7f" else _escaped(ord(one)) for one in text)


def _escaped(code: int) -> str:
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
