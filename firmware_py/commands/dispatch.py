"""Finds the command that is called and runs it; what goes wrong becomes one line and a code."""

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import cast

from firmware_py import __version__
from firmware_py.commands import ALIASES, COMMANDS, Command, complain
from firmware_py.core.errors import DeskcueError, UsageError
from firmware_py.core.terminal import drop_output, shown


def run(arguments: Sequence[str], ready: Callable[[], None] = lambda: None) -> int:
    """Run a command; return its exit code: 0 done, 1 not done, 2 wrong use.

    Args:
        arguments: the command's name and what it takes.
        ready: called once everything is imported and understood.
    """
    try:
        command, parser = _find([*arguments[:1]])
        args = parser.parse_args(arguments[1:])
        ready()
        code = command.main(args)
        sys.stdout.flush()
    except UsageError as error:
        complain(error)
        return 2
    except DeskcueError as error:
        complain(error)
        return 1
    except MemoryError:
        complain(DeskcueError("there is too little memory here for that"))
        return 1
    except EOFError:  # Ctrl-D where a person was asked
        complain(DeskcueError("no answer came, so nothing was done"))
        return 1
    except BrokenPipeError:  # whoever read our output has had enough
        drop_output()
        return 0
    except UnicodeEncodeError as error:  # bytes of an argument that are no text
        bad = error.object[max(0, error.start - 20) : error.end + 20]
        complain(UsageError(f"{shown(bad)} is no text in {error.encoding}"))
        return 2
    except OSError as error:
        drop_output()
        where = f"{error.filename}: " if error.filename else ""
        complain(DeskcueError(f"{where}{error.strerror or error}"))
        return 1
    return code


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
    module = import_module(f"firmware_py.commands.{name.replace('-', '_')}")
    parser = argparse.ArgumentParser(
        prog=f"deskcue {name}",
        description=module.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command = cast(Command, module)
    command.arguments(parser)
    return command, parser
