"""What the command line can do, one module a command.

A module has ``arguments(parser)``, which adds what it takes, and ``main(chosen) -> int``, which
does it and returns the exit code: 0 done, 1 not done. Its docstring is the command's help.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, Protocol

from firmware_py.config import Config
from firmware_py.reading import load_config

COMMANDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "call": "tell a running device that a call starts, is on hold, goes on or ends",
    }
)
"""Name -> what it does, in one line. The module of a name is imported only when it is called."""

SETTINGS: Final = Path("/etc/deskcue/deskcue.toml")


class Command(Protocol):
    """What a module in this package offers."""

    def arguments(self, parser: ArgumentParser) -> None:
        """Add what the command takes."""
        ...

    def main(self, chosen: Namespace) -> int:
        """Do it and return the exit code.

        Raises:
            DeskcueError: it cannot be done; the command line shows the line and exits with 1.
        """
        ...


def settings_argument(parser: ArgumentParser) -> None:
    """Add ``--config``."""
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help=f"the device's settings (default: {SETTINGS} if it is there)",
    )


def settings(chosen: Namespace) -> Config:
    """Read the settings that were asked for; without a file every setting is its default.

    Raises:
        DeskcueError: the file cannot be read or has mistakes.
    """
    if chosen.config is None and not SETTINGS.exists():
        return Config()
    return load_config(chosen.config or SETTINGS)
