"""``deskcue fleet publish`` and ``keys``: what desks fetch, and by which keys they know it."""

import datetime
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from firmware_py.fleet.packs.repository import Packs

_ROLES: Final = ("root", "targets", "snapshot", "timestamp")


def _folders(verb: ArgumentParser) -> None:
    verb.add_argument("--site", type=Path, required=True, metavar="DIR", help="the site's folder")
    verb.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="the folder that is published"
    )


def _publish_arguments(verb: ArgumentParser) -> None:
    _folders(verb)
    for kind, what in (
        ("rulebook", "a rulebook"),
        ("settings", "a deskcue.toml, or part of one"),
        ("software", "a bundle of scripts/wheelhouse"),
    ):
        verb.add_argument(
            f"--{kind}", type=Path, action="append", default=[], metavar="FILE", help=what
        )
    verb.add_argument(
        "--remove", action="append", default=[], metavar="KIND/NAME", help="publish it no more"
    )
    verb.set_defaults(do=_publish)


def _publish(args: Namespace) -> int:
    from firmware_py.fleet.packs.repository import Item

    items = {path: Item(file, custom) for path, file, custom in _read(args)}
    published = _packs(args).publish(items, frozenset(args.remove))
    print(f"{args.out} publishes {len(published)} things; any web server may serve it")
    for path in published:
        print(f"  {path}")
    return 0


def _read(args: Namespace) -> Iterator[tuple[str, Path, dict[str, Any]]]:
    """Check every file; give its path there, itself, and what desks are told of it.

    Raises:
        DeskcueError: one has mistakes.
    """
    from firmware_py.rules.reader import load_rulebook
    from firmware_py.settings.reader import load_config
    from firmware_py.update.bundle import peek

    for file in args.rulebook:
        yield f"rulebooks/{file.name}", file, {"version": load_rulebook(file).version}
    for file in args.settings:
        load_config(file)
        yield f"settings/{file.name}", file, {}
    for file in args.software:
        told = peek(file)
        custom = {"version": told.version, "machine": told.machine, "python": told.python}
        name = f"deskcue-{told.version}-{told.machine}-python{told.python}.bundle"
        yield f"software/{name}", file, custom


def _keys_arguments(verb: ArgumentParser) -> None:
    rotate = verb.add_subparsers(dest="action", required=True, metavar="ACTION").add_parser(
        "rotate", help="give a role a new key; desks learn of it by themselves"
    )
    rotate.add_argument("role", choices=_ROLES, help="whose key")
    _folders(rotate)
    rotate.set_defaults(do=_rotate)


def _rotate(args: Namespace) -> int:
    _packs(args).rotate(args.role)
    print(f"{args.role} signs with a new key; publish {args.out} now")
    return 0


def _packs(args: Namespace) -> "Packs":
    from firmware_py.fleet.packs.repository import Packs
    from firmware_py.fleet.packs.signing_keys import SigningKeys

    return Packs(args.out, SigningKeys(args.site / "signing"), _now)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


VERBS: Final[Mapping[str, tuple[str, Callable[[ArgumentParser], None]]]] = MappingProxyType(
    {
        "publish": (
            "publish rulebooks, settings and software for desks to fetch",
            _publish_arguments,
        ),
        "keys": ("rotate the keys that sign what is published", _keys_arguments),
    }
)
"""Verb -> what it does, and what adds its arguments."""
