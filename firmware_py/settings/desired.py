"""What a site sets on its desks: the few keys that it may, laid over a desk's own settings.

Where the broker is and who the desk is stay with the desk's own file, so that no message can send
a desk elsewhere. A version is taken whole or not at all.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

from firmware_py.core.errors import DeskcueError
from firmware_py.settings.config import Config
from firmware_py.settings.reader import read_config
from firmware_py.settings.toml_document import Document, Line, ReadingError, near

Setting = str | int | float | bool | list[Any]
Settings = Mapping[str, Setting]
"""Dotted key of ``deskcue.toml`` -> value."""

SITE_MAY_SET: Final = (
    "light.brightness",
    "privacy.light_only",
    "rulebook",
    "rules.least_gap_s",
    "rules.stricter_by",
    "tap.listen",
)
_NAME: Final = re.compile(r"[\w-]+")


class RefusedError(DeskcueError):
    """Settings that a desk does not take; ``refusals`` has a line for each key."""

    def __init__(self, refusals: Mapping[str, str]) -> None:
        self.refusals = dict(refusals)
        super().__init__("; ".join(f"{key}: {why}" for key, why in refusals.items()))


@dataclass(frozen=True, slots=True)
class Desired:
    """One version of what a site wants of a desk."""

    version: int = 0
    """Counts up with every change; 0: the desk's own file alone."""
    settings: Settings = field(default_factory=lambda: MappingProxyType({}))

    @property
    def sha256(self) -> str:
        """Hash of the settings."""
        return digest(self.settings)


NOTHING: Final = Desired()


def digest(settings: Settings) -> str:
    """SHA-256 of settings as JSON with sorted keys and no spaces, UTF-8."""
    text = json.dumps(dict(settings), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def lay_over(config: Config, settings: Settings) -> Config:
    """The desk's own settings with those of the site over them.

    Raises:
        RefusedError: a key is none that a site may set, or its value is wrong.
    """
    refusals = {key: _not_allowed(key) for key in settings if key not in SITE_MAY_SET}
    allowed = {key: value for key, value in settings.items() if key in SITE_MAY_SET}
    book = allowed.get("rulebook")
    if isinstance(book, str) and not _NAME.fullmatch(book):
        refusals["rulebook"] = f'a site sets a rulebook by its name, such as 10086, not "{book}"'
    document = _document(allowed)
    try:
        asked = read_config(document)
    except ReadingError:
        raise RefusedError(refusals | dict(document.mistakes)) from None
    if refusals:
        raise RefusedError(refusals)
    return _merged(config, asked, allowed)


def _not_allowed(key: str) -> str:
    return f"a site may not set it{near(key, SITE_MAY_SET)} (it may: {', '.join(SITE_MAY_SET)})"


def _document(settings: Settings) -> Document:
    """A document as if the settings stood in a file; each line is called by its key."""
    root: dict[str, Any] = {}
    lines: dict[tuple[str | int, ...], Line] = {}
    for key, value in settings.items():
        table, _, name = key.rpartition(".")
        (root.setdefault(table, {}) if table else root)[name] = value
        lines[tuple(key.split("."))] = Line(key, 1)
    return Document("desired", root, lines)


def _merged(config: Config, asked: Config, settings: Settings) -> Config:
    for key in settings:
        table, _, name = key.rpartition(".")
        if table:
            part = replace(getattr(config, table), **{name: getattr(getattr(asked, table), name)})
            config = replace(config, **{table: part})
        else:
            config = replace(config, **{name: getattr(asked, name)})
    return config
