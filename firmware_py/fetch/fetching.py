"""Looks what the site publishes and fetches what is new: the client of The Update Framework.

python-tuf holds the rules: signatures of the site's own keys, versions that only go up, dates, the
lengths and hashes of everything. A dishonest or broken web server can keep a desk from what is new,
for as long as the last ``timestamp`` is good, and nothing worse.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tuf.api.exceptions import (
    BadVersionNumberError,
    DownloadError,
    DownloadHTTPError,
    DownloadLengthMismatchError,
    ExpiredMetadataError,
    LengthOrHashMismatchError,
    RepositoryError,
    UnsignedMetadataError,
)
from tuf.api.metadata import Metadata, TargetFile, Targets
from tuf.ngclient import Updater, UpdaterConfig

from firmware_py.core.access import reason
from firmware_py.core.clock import OLDEST
from firmware_py.core.errors import DeskcueError
from firmware_py.fetch.choice import LARGEST, Machine, Published, choose

_LARGEST_METADATA: Final = 500_000
"""Bytes."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a look brought."""

    new: tuple[str, ...]
    """Paths of what was fetched."""
    gone: tuple[str, ...]
    """Paths of what the site does not publish any more; it was removed."""


def fetch(
    url: str, root: bytes, store: Path, now: Callable[[], float], machine: Machine | None = None
) -> Fetched:
    """Fetch what is new; what fails leaves what was there.

    Args:
        url: of the published folder.
        root: what is trusted to begin with.
        store: where things are kept, and what was seen of the site.
        now: seconds since the epoch.
        machine: what software must fit; None: this one.

    Raises:
        DeskcueError: what is published cannot be fetched, or not be believed.
    """
    if now() < max(OLDEST, _seen(store)):
        raise DeskcueError(
            "the clock is not set, so that nobody knows what is new; nothing fetched"
        )
    updater = _updater(url, root, store)
    try:
        updater.refresh()
        targets = _targets(store)
        chosen = [targets[one.path] for one in choose(_published(targets), machine or Machine())]
        new = [one.path for one in chosen if _laid(updater, one, store)]
    except (RepositoryError, DownloadError) as error:
        raise DeskcueError(f"{url}: {_said(error)}") from None
    except OSError as error:
        raise DeskcueError(f"{store} cannot be written ({reason(store, error)})") from None
    return Fetched((*new,), (*_tidied(store, {one.path for one in chosen}),))


def _updater(url: str, root: bytes, store: Path) -> Updater:
    folder = url if url.endswith("/") else f"{url}/"
    limits = UpdaterConfig(
        root_max_length=_LARGEST_METADATA,
        snapshot_max_length=_LARGEST_METADATA,
        targets_max_length=_LARGEST_METADATA,
        app_user_agent="DeskCue",
    )
    try:
        (store / "seen").mkdir(parents=True, exist_ok=True)
        return Updater(
            str(store / "seen"),
            f"{folder}metadata/",
            target_base_url=f"{folder}targets/",
            config=limits,
            bootstrap=root,
        )
    except RepositoryError as error:
        raise DeskcueError(f"what is trusted to begin with is broken ({error})") from None
    except OSError as error:
        raise DeskcueError(f"{store} cannot be written ({reason(store, error)})") from None


def _seen(store: Path) -> float:
    """When something was fetched last: a clock that says less has gone back."""
    try:
        return (store / "seen" / "timestamp.json").stat().st_mtime
    except OSError:
        return 0.0


def _targets(store: Path) -> Mapping[str, TargetFile]:
    """Read what a refresh has verified and kept; the updater itself offers no list."""
    return Metadata[Targets].from_file(str(store / "seen" / "targets.json")).signed.targets


def _published(targets: Mapping[str, TargetFile]) -> list[Published]:
    return [
        Published(path, one.length, one.custom if isinstance(one.custom, dict) else {})
        for path, one in sorted(targets.items())
    ]


def _laid(updater: Updater, target: TargetFile, store: Path) -> bool:
    """Fetch one thing, unless it is there; whether it was fetched."""
    place = store / target.path
    if updater.find_cached_target(target, str(place)):
        return False
    beside = place.with_name(f"{place.name}.part")
    updater.download_target(target, str(beside))
    with beside.open("rb") as file:
        os.fsync(file.fileno())
    beside.replace(place)
    return True


def _tidied(store: Path, wanted: set[str]) -> list[str]:
    """Remove what is not wanted any more, and what a power cut left."""
    found = [path for kind in LARGEST for path in (store / kind).glob("*") if path.is_file()]
    old = [path for path in found if str(path.relative_to(store)) not in wanted]
    for path in old:
        path.unlink()
    return sorted(str(path.relative_to(store)) for path in old)


def _said(error: RepositoryError | DownloadError) -> str:
    """What python-tuf means, for a person."""
    for kind, said in (
        (
            ExpiredMetadataError,
            "has run out: the site must publish again, or someone holds it back",
        ),
        (BadVersionNumberError, "is older than what was seen before; it is not believed"),
        (UnsignedMetadataError, "is not signed by this site's keys; it is not believed"),
        (LengthOrHashMismatchError, "is not what was signed; it is not believed"),
        (DownloadLengthMismatchError, "is larger than what was signed; it is not believed"),
    ):
        if isinstance(error, kind):
            return f"what is published {said} ({error})"
    if isinstance(error, DownloadHTTPError):
        return f"nothing is published there (HTTP {error.status_code})"
    cause = error.__cause__ or error
    return f"cannot be fetched ({getattr(cause, 'reason', None) or cause})"
