"""The argument of a command that names a desk of a site: FLOOR/DESK."""

from argparse import ArgumentParser
from typing import Final

from firmware_py.core.errors import UsageError

WHICH: Final = "FLOOR/DESK"


def floor_and_desk(text: str) -> tuple[str, str]:
    """Read the names of a floor and of a desk on it.

    Raises:
        UsageError: it does not name both.
    """
    floor, _, desk = text.partition("/")
    if not floor or not desk:
        raise UsageError(f"{text!r} is no desk; write {WHICH}, such as 3/17")
    return floor, desk


def desk_argument(verb: ArgumentParser, option: str = "") -> None:
    """Let a command name a desk, by an option if one is given."""
    if option:
        verb.add_argument(
            option, type=floor_and_desk, required=True, metavar=WHICH, help="which desk"
        )
    else:
        verb.add_argument("desk", type=floor_and_desk, metavar=WHICH, help="which desk")
