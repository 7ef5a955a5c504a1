"""Which sound server is new enough."""

import pytest

from firmware_py.core.errors import DeskcueError
from firmware_py.relay.versions import check_versions


def asked(pipewire: str, wireplumber: str) -> dict[str, str]:
    return {
        "pipewire": pipewire
        and f"pipewire\nCompiled with libpipewire 1.4.2\nLinked with libpipewire {pipewire}\n",
        "wireplumber": wireplumber and f"wireplumber\nLinked with libwireplumber {wireplumber}\n",
    }


def test_new_ones_are_named() -> None:
    found = asked("1.4.2", "0.5.8")
    assert check_versions(found.__getitem__) == "PipeWire 1.4.2, WirePlumber 0.5.8"


@pytest.mark.parametrize(
    ("pipewire", "wireplumber", "line"),
    [
        ("0.3.65", "0.5.8", r"PipeWire 0\.3\.65 is too old, 1\.4 is needed: .*backports"),
        ("1.4.2", "0.4.13", r"WirePlumber 0\.4\.13 is too old, 0\.5 is needed"),
        ("", "0.5.8", r"PipeWire is not installed: sudo apt-get install"),
        ("1.10.0", "", r"WirePlumber is not installed"),
    ],
)
def test_old_or_missing_ones_are_one_line(pipewire: str, wireplumber: str, line: str) -> None:
    with pytest.raises(DeskcueError, match=line):
        check_versions(asked(pipewire, wireplumber).__getitem__)
