"""Names of sites and desks: parts of a topic, and what a certificate says."""

from typing import Final

from firmware_py.contract.topics import MAJOR
from firmware_py.core.errors import DeskcueError
from firmware_py.settings.config import Desk

LONGEST: Final = 64
"""Characters of a certificate's common name (RFC 5280, ub-common-name)."""
_FORBIDDEN: Final = frozenset('+#/%"\\')


def check_name(name: str, what: str) -> str:
    """Give back a name that can be a level of a topic and part of a certificate's name.

    Raises:
        DeskcueError: it cannot.
    """
    if not name or name != name.strip() or not name.isprintable() or _FORBIDDEN & set(name):
        raise DeskcueError(
            f"{what} {name!r} cannot be a topic level: it must not be empty, begin or end with a"
            ' space, or hold control characters or any of + # / % " \\'
        )
    return name


def identity(desk: Desk) -> str:
    """Common name of a desk's certificate, ``SITE/FLOOR/DESK``: what its topics begin with.

    Raises:
        DeskcueError: a name cannot be part of a topic, or all together are too long.
    """
    name = "/".join(
        check_name(level, what)
        for level, what in ((desk.site, "site"), (desk.floor, "floor"), (desk.desk, "desk"))
    )
    if len(name) > LONGEST:
        raise DeskcueError(
            f"{name} is {len(name)} characters long, a certificate holds {LONGEST}; shorten a name"
        )
    return name


def prefix(rest: str) -> str:
    """Topic of this version of the contract below which ``rest`` lies."""
    return f"deskcue/v{MAJOR}/{rest}"
