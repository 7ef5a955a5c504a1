"""The command line ``deskcue``: finds the command, shows errors as one line, never a traceback."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Final, cast

from firmware_py import __version__
from firmware_py.commands import ALIASES, COMMANDS, Command, complain
from firmware_py.core.errors import DeskcueError, UsageError

INTERRUPTED: Final = 130
"""Exit code of a command that was stopped with Ctrl-C, as shells expect it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit code: 0 done, 1 not done, 2 wrong use."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    command, parser = _find(given[:1])
    args = parser.parse_args(given[1:])
    try:
        return command.main(args)
    except UsageError as error:
        complain(error)
        return 2
    except DeskcueError as error:
        complain(error)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever read our output has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _find(first: list[str]) -> tuple[Command, argparse.ArgumentParser]:
    """Import the module that the first argument names, and make its parser."""
    top = argparse.ArgumentParser(
        prog="deskcue", description="Gives call-centre agents a quiet hint in time."
    )
    top.add_argument("--version", action="version", version=f"deskcue {__version__}")
    commands = top.add_subparsers(dest="name", metavar="COMMAND", required=True)
    for name, what in COMMANDS.items():
        commands.add_parser(name, help=what, add_help=False)
    name = top.parse_args([ALIASES.get(word, word) for word in first]).name
    module = import_module(f"firmware_py.commands.{name}")
    parser = argparse.ArgumentParser(
        prog=f"deskcue {name}",
        description=module.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command = cast(Command, module)
    command.arguments(parser)
    return command, parser


if __name__ == "__main__":
    raise SystemExit(main())
