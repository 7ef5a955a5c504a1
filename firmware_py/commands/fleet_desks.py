"""``deskcue fleet explain``, ``identify`` and ``metrics``."""

import uuid
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from firmware_py.contract.topics import IDENTIFY
from firmware_py.core.console import Console
from firmware_py.settings.config import Desk


def _desk(text: str) -> tuple[str, str]:
    floor, slash, desk = text.partition("/")
    if not slash or not floor or not desk:
        raise ArgumentTypeError(f"{text!r} is no desk; write FLOOR/DESK, such as 3/17")
    return floor, desk


def _desk_argument(verb: ArgumentParser) -> None:
    verb.add_argument("desk", type=_desk, metavar="FLOOR/DESK", help="which desk")


def _explain_arguments(verb: ArgumentParser) -> None:
    _desk_argument(verb)
    verb.add_argument(
        "--settings",
        type=Path,
        required=True,
        metavar="DIR",
        help="folder with site.toml, floors/ and desks/",
    )
    verb.add_argument("--json", action="store_true", help="one JSON object")
    verb.set_defaults(do=_explain)


def _explain(args: Namespace) -> int:
    from firmware_py.fleet.explain_table import table, to_json
    from firmware_py.fleet.inheritance import SiteFolder

    desk = Desk("", *args.desk)
    explained = SiteFolder(args.settings).explain(desk)
    if args.json:
        print(to_json(desk, explained))
    elif explained:
        Console(highlight=False).print(table(explained))
    else:
        print("nothing is set: the desk's own file is all")
    return 0


def _identify_arguments(verb: ArgumentParser) -> None:
    _desk_argument(verb)
    verb.add_argument(
        "--login", type=Path, required=True, metavar="DIR", help="logins/operator of the site"
    )
    verb.set_defaults(do=_identify)


def _identify(args: Namespace) -> int:
    from firmware_py.fleet.command import send_command
    from firmware_py.fleet.login import read_login

    login = read_login(args.login)
    desk = Desk(login.site, *args.desk)
    send_command(login, f"deskcue-identify-{uuid.uuid4().hex[:8]}", desk, IDENTIFY, "blink")
    print(f"{desk.floor}/{desk.desk} pulses blue for 15 s, unless a cue is shown")
    return 0


VERBS: Final[Mapping[str, tuple[str, Callable[[ArgumentParser], None]]]] = MappingProxyType(
    {
        "explain": ("say where each of a desk's settings comes from", _explain_arguments),
        "identify": ("make a desk's light show where it is", _identify_arguments),
    }
)
"""Verb -> what it does, and what adds its arguments."""
