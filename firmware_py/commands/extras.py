"""Imports of what an extra of the package brings, where a machine may do without it."""

from collections.abc import Iterator
from contextlib import contextmanager

from firmware_py.core.errors import DeskcueError


class MissingExtraError(DeskcueError):
    """A command needs more packages than are installed."""


@contextmanager
def needing(extra: str, who: str) -> Iterator[None]:
    """Import within this; a module of our own that is missing is a fault, and stays one.

    Args:
        extra: as ``setup.cfg`` names it.
        who: needs it, as a person reads it.

    Raises:
        MissingExtraError: a package is not installed; the line says what to install.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if str(error.name).startswith("firmware_py"):
            raise
        raise MissingExtraError(
            f"{error.name} is not installed; {who} needs pip install 'deskcue[{extra}]'"
        ) from None
