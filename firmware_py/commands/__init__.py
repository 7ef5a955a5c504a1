"""What the command line can do, one module a command.

A module has ``arguments(parser)``, which adds what it takes, and ``main(chosen) -> int``, which
does it and returns the exit code: 0 done, 1 not done. Its docstring is the command's help.
"""

import contextlib
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, Protocol

from firmware_py.core.access import is_there, reason, remedy
from firmware_py.core.errors import DeskcueError
from firmware_py.core.terminal import shown
from firmware_py.settings.config import Config
from firmware_py.settings.reader import load_config

COMMANDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "run": "hear the live call: light the LED, write events to disk",
        "uplink": "send events from disk to the MQTT broker",
        "demo": "play a bundled call through the device, with a live view",
        "replay": "hear recorded calls as the device would",
        "spot": "find phrases in recordings",
        "rules": "check a rulebook, list its rules, explain one",
        "phrases": "list the phrases that are listened for, try and add one, tune thresholds",
        "events": "show the events that were found here",
        "report": "count what was found, per shift and per call",
        "my-desk": "for the agent: what this desk sent today, contest a finding, light only",
        "update": "take an offline bundle, watch it, go back if it fails",
        "enrol": "see to it that this desk has a good certificate",
        "fetch": "fetch the rulebooks, settings and software that the site publishes",
        "setup": "look at the sound cards and write the relay's configuration",
        "bypass": "hold the bypass relay while sound is passed",
        "doctor": "look at every part of this device",
        "support-bundle": "gather what helps who helps from afar: no sound, no secrets",
        "drill": "practise what the standard asks an agent to say",
        "fleet": "for IT: set up a site, look after its desks",
        "call": "signal a running device that a call starts, is on hold, goes on or ends",
    }
)
"""Name -> what it does, in one line. The module of a name is imported only when it is called."""

ALIASES: Final[Mapping[str, str]] = MappingProxyType({"post": "uplink"})
"""Former name -> name; understood, but not listed."""

SETTINGS: Final = Path("/etc/deskcue/deskcue.toml")


class Command(Protocol):
    """What a module in this package offers."""

    def arguments(self, parser: ArgumentParser) -> None:
        """Add what the command takes."""
        ...

    def main(self, args: Namespace) -> int:
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


def settings(args: Namespace) -> Config:
    """Read the settings that were asked for; without a file every setting is its default.

    Raises:
        DeskcueError: the file cannot be read or has mistakes.
    """
    if args.config is None and not is_there(SETTINGS):
        return Config()
    return load_config(args.config or SETTINGS)


def settings_or_defaults(args: Namespace) -> Config:
    """Read the settings for a command that does not need those of this desk.

    Whoever may not read them is told so, and the defaults serve.

    Raises:
        DeskcueError: the file has mistakes, or the one that was named cannot be read.
    """
    if args.config is None and is_there(SETTINGS) and not os.access(SETTINGS, os.R_OK):
        complain(
            DeskcueError(f"{SETTINGS} may not be read, so the defaults serve ({remedy(SETTINGS)})")
        )
        return Config()
    return settings(args)


def profile_argument(parser: ArgumentParser) -> None:
    """Add ``--profile``."""
    parser.add_argument(
        "--profile",
        metavar="NAME",
        help="a rulebook's name, such as complaint, or its path (default: that of the settings)",
    )


def swap_argument(parser: ArgumentParser) -> None:
    """Add ``--swap``."""
    parser.add_argument("--swap", action="store_true", help="the caller is left, the agent right")


def language_argument(parser: ArgumentParser) -> None:
    """Add ``--lang``."""
    parser.add_argument(
        "--lang", choices=("zh", "en"), default="zh", help="of what agents read (default: zh)"
    )


def complain(error: DeskcueError) -> None:
    """Show an error."""
    with contextlib.suppress(OSError):  # nobody is left to read it
        print(f"deskcue: {shown(str(error))}", file=sys.stderr, flush=True)


def for_each(paths: Iterable[Path], work: Callable[[Path], None]) -> int:
    """Do the work with every file; where one is broken, say so and go on; return the exit code."""
    code = 0
    for path in paths:
        try:
            work(path)
        except DeskcueError as error:
            complain(error)
            code = 1
        except OSError as error:
            if error.filename is None:  # it is our output that fails, and no file
                raise
            complain(DeskcueError(f"{shown(str(path))}: {reason(path, error)}"))
            code = 1
    return code
