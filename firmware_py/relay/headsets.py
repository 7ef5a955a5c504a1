"""Which USB devices are headsets of call centres; what is known stands in ``headsets.toml``."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from firmware_py.settings.toml_document import parse_toml, read_file


@cache
def known_headsets() -> Mapping[str, str]:
    """USB id (``0b0e:0305``, or ``0b0e`` for a maker of nothing but headsets) -> name."""
    path = Path(__file__).with_name("headsets.toml")
    rows = parse_toml(read_file(path), path.name).root["headset"]
    return {row["usb"]: row["name"] for row in rows}


def headset_name(usb: str) -> str:
    """What a USB device is known as; empty if it is no known headset."""
    known = known_headsets()
    return known.get(usb) or known.get(usb.partition(":")[0], "")
