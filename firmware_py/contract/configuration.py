"""What is said about configuration: what a site wants of a desk, and what became of it there."""

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from firmware_py.core.errors import DeskcueError
from firmware_py.settings.desired import Desired, digest

_KEY: Final = re.compile(r"[a-z_]+(\.[a-z_]+)?")
_PACKS: Final = ("rulebook", "software")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that a desk did not take; the last good state stays."""

    version: int
    """Of the desired configuration; 0 where that did not say."""
    what: str
    """A key; ``message`` where all of it cannot be used."""
    why: str


@dataclass(frozen=True, slots=True)
class Pack:
    """A rulebook in force."""

    name: str
    version: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ConfigReported:
    """Payload of ``config/reported``."""

    version: int
    """Of the desired configuration in force; 0: the desk's own file alone."""
    sha256: str
    """Of the settings in force."""
    at: str
    """UTC."""
    rulebook: Pack | None
    """None before the ear has said it."""
    refused: tuple[Refusal, ...]


class BadDesiredError(DeskcueError):
    """A desired configuration that cannot be used; ``refusal`` is what to report."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.why)


def desired_json(desired: Desired) -> str:
    """Payload of ``config/desired``."""
    told = {
        "version": desired.version,
        "sha256": desired.sha256,
        "settings": dict(desired.settings),
    }
    return json.dumps(told, ensure_ascii=False)


def parse_desired(payload: bytes) -> Desired:
    """Read the payload of ``config/desired``; what the settings mean is not looked at.

    Raises:
        BadDesiredError: it is not as the contract says.
    """
    try:
        told = json.loads(payload.decode("utf-8"))
        # What Python reads and nobody can write again: half a character.
        json.dumps(told, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):  # UnicodeError is a ValueError
        raise _bad(0, "no JSON in UTF-8") from None
    version = told.get("version") if isinstance(told, dict) else None
    if type(version) is not int or not 1 <= version < 2**53:
        raise _bad(0, "no object with a version of 1 or more")
    return _read(version, told)


def check_newer(desired: Desired, known: Desired) -> None:
    """See that a configuration, another than the known one, has a higher version.

    Raises:
        BadDesiredError: it has not.
    """
    newest = known.version
    if desired.version <= newest:
        of_now = "came before with other settings" if desired.version == newest else "is older"
        why = f"version {newest} is known, and this {of_now}; count on from there"
        raise _bad(desired.version, why)


def _read(version: int, told: dict[str, Any]) -> Desired:
    settings = told.get("settings")
    if not isinstance(settings, dict):
        raise _bad(version, "settings are missing")
    if not all(map(_KEY.fullmatch, settings)):
        raise _bad(version, "settings have a key that is none of deskcue.toml")
    if told.get("sha256") != digest(settings):
        raise _bad(version, "sha256 is not that of the settings")
    for pack in _PACKS:
        if pack in told:
            why = "this desk takes settings alone this way; packs are fetched in their own unit"
            raise BadDesiredError(Refusal(version, pack, why))
    return Desired(version, settings)


def _bad(version: int, why: str) -> BadDesiredError:
    return BadDesiredError(Refusal(version, "message", why))
