"""``deskcue fleet pushes``: what was pushed, by whom, and how it ended; checks the journals."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from firmware_py.core.console import Console
from firmware_py.core.errors import DeskcueError


def _arguments(verb: ArgumentParser) -> None:
    verb.add_argument("push", nargs="?", metavar="PUSH", help="tell the whole story of this one")
    verb.add_argument(
        "--journal", type=Path, required=True, metavar="DIR", help="folder of the journals"
    )
    verb.add_argument("--json", action="store_true", help="one JSON object for each")
    verb.set_defaults(do=_pushes)


def _pushes(args: Namespace) -> int:
    from firmware_py.fleet.push.journal import SUFFIX
    from firmware_py.fleet.push.story import stories, table, to_json, whole

    if args.push:
        path = args.journal / f"{args.push}{SUFFIX}"
        if not path.is_file():
            raise DeskcueError(f"no push {args.push} in {args.journal}")
        print(path.read_text("utf-8") if args.json else "\n".join(whole(path)))
        return 0
    if not args.journal.is_dir():
        raise DeskcueError(f"there is no folder {args.journal}; a push keeps its journal in pushes")
    told = [*stories(args.journal)]
    if args.json:
        print("\n".join(map(to_json, told)))
    else:
        Console(highlight=False).print(table(told))
    return 0


VERBS: Final[Mapping[str, tuple[str, Callable[[ArgumentParser], None]]]] = MappingProxyType(
    {"pushes": ("tell what was pushed, and how it ended", _arguments)}
)
"""Verb -> what it does, and what adds its arguments."""
