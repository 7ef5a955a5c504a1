"""The file in which the uplink leaves what the site wants, for the ear to read.

It lies beside the outbox. It also holds the last version that the ear took, for an ear that starts
and cannot take the newest one.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from firmware_py.core.errors import DeskcueError
from firmware_py.settings.config import Config
from firmware_py.settings.desired import NOTHING, Desired

NAME: Final = "site-settings.json"


@dataclass(frozen=True, slots=True)
class SiteFile:
    """What the file holds."""

    wanted: Desired = NOTHING
    good: Desired = NOTHING
    """The last that the ear took."""


def site_file(config: Config) -> Path:
    """Where it lies."""
    return config.outbox.path.with_name(NAME)


def read_site_file(path: Path) -> SiteFile:
    """Read it; one that is not there wants nothing.

    Raises:
        DeskcueError: it cannot be read, or is damaged.
    """
    try:
        told = json.loads(path.read_text("utf-8"))
        return SiteFile(_desired(told["wanted"]), _desired(told["good"]))
    except FileNotFoundError:
        return SiteFile()
    except OSError as error:
        raise DeskcueError(f"{path} cannot be read ({error.strerror})") from None
    except (ValueError, TypeError, KeyError):
        raise DeskcueError(
            f"{path} is damaged; the desk's own settings serve until the broker is heard again"
        ) from None


def write_site_file(path: Path, content: SiteFile) -> None:
    """Write it, whole or not at all.

    Raises:
        DeskcueError: it cannot be written; what was there stays.
    """
    text = json.dumps({"wanted": _told(content.wanted), "good": _told(content.good)})
    new = path.with_suffix(".new")
    try:
        with new.open("w", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError as error:
        raise DeskcueError(f"{path} cannot be written ({error.strerror})") from None


def _desired(told: Mapping[str, Any]) -> Desired:
    return Desired(int(told["version"]), dict(told["settings"]))


def _told(desired: Desired) -> dict[str, Any]:
    return {"version": desired.version, "settings": dict(desired.settings)}
