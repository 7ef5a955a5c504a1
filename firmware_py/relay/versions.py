"""Whether the sound server that is installed is new enough for the relay."""

import re
from collections.abc import Callable
from typing import Final

from firmware_py.core.errors import DeskcueError
from firmware_py.core.programs import ask as ask_program

Version = tuple[int, ...]

PIPEWIRE_LEAST: Final[Version] = (1, 4)
"""Below it, unplugging and clock drift were not tried."""
WIREPLUMBER_LEAST: Final[Version] = (0, 5)
"""Below it, another language of configuration is read, and streams are moved by themselves."""

_INSTALL: Final = (
    "sudo apt-get install pipewire pipewire-alsa wireplumber (on Debian 12: -t bookworm-backports)"
)


def run_version(program: str) -> str:
    """What ``PROGRAM --version`` prints; empty if it is not installed."""
    return ask_program(program, "--version")


def check_versions(ask: Callable[[str], str] = run_version) -> str:
    """Say which versions are there, in one line.

    Raises:
        DeskcueError: one is missing or too old.
    """
    found = [
        _checked(ask(program), name, least)
        for program, name, least in (
            ("pipewire", "PipeWire", PIPEWIRE_LEAST),
            ("wireplumber", "WirePlumber", WIREPLUMBER_LEAST),
        )
    ]
    return ", ".join(found)


def _checked(said: str, name: str, least: Version) -> str:
    linked = re.search(r"Linked with \w+ (\d+(?:\.\d+)+)", said)
    if not linked:
        raise DeskcueError(f"{name} is not installed: {_INSTALL}")
    if tuple(map(int, linked[1].split("."))) < least:
        wanted = ".".join(map(str, least))
        raise DeskcueError(f"{name} {linked[1]} is too old, {wanted} is needed: {_INSTALL}")
    return f"{name} {linked[1]}"
