"""How one part of the device does, as a person reads it."""

from collections.abc import Callable
from dataclasses import dataclass

from firmware_py.core.errors import DeskcueError


@dataclass(frozen=True, slots=True)
class Check:
    """How one look at a part went."""

    name: str
    ok: bool
    detail: str
    """What was found, or what is wrong and what to do; one line."""
    soon: bool = False
    """Whether it works now and will not for long."""


def attempt(name: str, look: Callable[[], str]) -> Check:
    """Look; what cannot be done becomes a failed Check."""
    try:
        return Check(name, True, look())
    except DeskcueError as error:
        return Check(name, False, str(error))
    except OSError as error:  # a look that fails must not hide the others
        return Check(name, False, f"{error.filename or 'the system'}: {error.strerror or error}")
