"""Finds the files of a rulebook, and lays one that extends another over it.

``extends = "10086"`` takes everything from that rulebook. A table with an id that is there already
changes only the keys that it names (a new ``kind`` replaces the rule); others are added. Of a list,
``extends = ["10086", "experimental"]``, each is laid over those before it.
"""

import hashlib
from dataclasses import dataclass
from functools import reduce
from importlib import resources
from pathlib import Path
from typing import Any, Final

from firmware_py.core.errors import DeskcueError
from firmware_py.settings.toml_document import Document, Line, near, parse_toml, read_file
from firmware_py.settings.toml_lines import Where

SITE_RULEBOOKS: Final = Path("/etc/deskcue/rulebooks")
"""Where a site keeps its own; a name is looked up here before the bundled ones."""

FETCHED_RULEBOOKS: Final = Path("/var/lib/deskcue-packs/rulebooks")
"""Where ``deskcue fetch`` lays those that the site publishes; a name is looked up here last, so
that what is fetched changes nothing until the settings name it."""

EXPERIMENTAL: Final = "experimental"
"""The bundled rulebook of rules that are not to be trusted yet; nothing extends it by itself."""

_ARRAYS: Final = ("phrase", "rule")


@dataclass(frozen=True, slots=True)
class RulebookSource:
    """The text of a rulebook, not yet checked, over all that it extends."""

    document: Document
    sha256: str
    sources: tuple[Path, ...]


def bundled_rulebooks() -> tuple[str, ...]:
    """Names of the rulebooks that come with the package."""
    return tuple(sorted(path.stem for path in _bundle().glob("*.toml")))


def find_rulebook(name_or_path: str | Path, asking: Path | None = None) -> Path:
    """Path of a rulebook given as a path or as a name.

    Args:
        name_or_path: A path ends in ``.toml`` or has a slash.
        asking: The file that extends it: a path is relative to it, and a site's 10086 that
            extends "10086" means the bundled one.

    Raises:
        DeskcueError: there is no rulebook of that name.
    """
    path = Path(name_or_path)
    if path.suffix == ".toml" or len(path.parts) > 1:
        return asking.parent / path if asking else path
    name = str(name_or_path)
    folders = (SITE_RULEBOOKS, _bundle(), FETCHED_RULEBOOKS)
    places = [folder / f"{name}.toml" for folder in folders]
    for place in places:
        if _is_file(place) and place != asking:
            return place
    known = bundled_rulebooks()
    raise DeskcueError(f'no rulebook "{name}"{near(name, known) or _among(known)}')


def _is_file(place: Path) -> bool:
    """Whether a file is there for us: a site's folder may be closed to whoever tries a command."""
    try:
        return place.is_file()
    except PermissionError:
        return False


def load_source(name_or_path: str | Path) -> RulebookSource:
    """Read a rulebook and those that it extends.

    Raises:
        DeskcueError: there is none, it is no TOML, or extends itself.
    """
    path = find_rulebook(name_or_path)
    return _open(path, _called(path, name_or_path), ())


def parse_source(data: bytes, name: str) -> RulebookSource:
    """Read a rulebook from bytes; see ``load_source``."""
    return _extend(parse_toml(data, name), data, ())


def _open(path: Path, name: str, chain: tuple[Path, ...]) -> RulebookSource:
    data = read_file(path, name)
    return _extend(parse_toml(data, name), data, (*chain, path))


def _extend(own: Document, data: bytes, chain: tuple[Path, ...]) -> RulebookSource:
    """Lay a file over what it extends; ``chain`` leads from the first file to this one."""
    bases = [_base(own, name, chain) for name in _extended(own)]
    documents = [*(base.document for base in bases), own]
    sha256 = hashlib.sha256(data + "".join(base.sha256 for base in bases).encode()).hexdigest()
    sources = [*chain[-1:], *(source for base in bases for source in base.sources)]
    return RulebookSource(reduce(_over, documents), sha256, tuple(dict.fromkeys(sources)))


def _extended(own: Document) -> list[str]:
    """Names and paths that a file extends, in their order."""
    extends = own.root.get("extends", [])
    names = [extends] if isinstance(extends, str) else extends
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        own.wrong(("extends",), '"extends" must be the name of a rulebook, or a list of names')
        own.check()
    return [name for name in names if name]


def _base(own: Document, name: str, chain: tuple[Path, ...]) -> RulebookSource:
    """One rulebook that a file extends."""
    try:
        path = find_rulebook(name, *chain[-1:])
    except DeskcueError as error:
        own.wrong(("extends",), str(error))
        own.check()
        raise
    if path.resolve() in [one.resolve() for one in chain]:
        circle = " > ".join(one.name for one in (*chain, path))
        own.wrong(("extends",), f"extends itself: {circle}")
        own.check()
    return _open(path, _called(path, name), chain)


def _over(base: Document, own: Document) -> Document:
    """One document: the base's tables, changed and added to by the own ones."""
    root = _merged(base.root, {k: v for k, v in own.root.items() if k not in _ARRAYS})
    lines = {**base.lines, **{w: line for w, line in own.lines.items() if w[0] not in _ARRAYS}}
    for array in _ARRAYS:
        own.items(array)
        own.check()
        root[array] = _merge_items(array, base, own, lines)
    return Document(own.name, root, lines)


def _merge_items(
    array: str, base: Document, own: Document, lines: dict[Where, Line]
) -> list[dict[str, Any]]:
    items = list(base.root.get(array, []))
    places = {item.get("id"): index for index, item in enumerate(items)}
    for index, item in enumerate(own.root.get(array, [])):
        place = places.pop(item.get("id"), len(items))  # a second of that id is reported as taken
        if place == len(items):
            items.append(item)
        elif item.get("kind") in (None, items[place].get("kind")):
            items[place] = items[place] | item
        else:
            items[place] = item
        moved = {
            (array, place, *where[2:]): line
            for where, line in own.lines.items()
            if where[:2] == (array, index)
        }
        lines.update(moved)
    return items


def _merged(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Lay a table over another, table by table."""
    both = {**base, **own}
    for key in base.keys() & own.keys():
        if isinstance(base[key], dict) and isinstance(own[key], dict):
            both[key] = _merged(base[key], own[key])
    return both


def _called(path: Path, name_or_path: str | Path) -> str:
    """How messages call a file: as it was asked for."""
    return path.name if str(name_or_path) == path.stem else str(path)


def _among(known: tuple[str, ...]) -> str:
    return f"; there are {', '.join(known)}"


def _bundle() -> Path:
    return Path(str(resources.files("firmware_py").joinpath("rulebooks")))
