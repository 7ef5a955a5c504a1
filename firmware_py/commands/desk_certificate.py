"""Until when the desk's certificate is good, as ``deskcue doctor`` shows it."""

import datetime
from pathlib import Path
from typing import Final

from firmware_py.commands.extras import MissingExtraError, needing
from firmware_py.core.access import read_bytes, reason
from firmware_py.core.check import Check
from firmware_py.core.errors import DeskcueError

NAME: Final = "certificate"
SOON_DAYS: Final = 30.0
"""Days left from which on it is time to act."""
_SOON_SHARE: Final = 0.25
"""The same for one of a short life; a desk renews with a third of it left."""
_DAY_S: Final = 86_400.0


def check_certificate(path: Path, now: float) -> Check:
    """Look when a certificate ends.

    Args:
        path: PEM; a key may stand before it.
        now: seconds since the epoch.
    """
    try:
        with needing("update", "what shows until when it is good"):
            from firmware_py.enrol.keys import validity
        good = validity(read_bytes(path))
    except MissingExtraError as error:
        return Check(NAME, True, f"{path}; {error}")
    except OSError as error:
        return Check(NAME, False, f"{path} cannot be read ({reason(path, error)})")
    except DeskcueError as error:
        return Check(NAME, False, f"{path}: {error}")
    return _judged(path, good.begins, good.ends, now)


def _judged(path: Path, begins: float, ends: float, now: float) -> Check:
    day = datetime.datetime.fromtimestamp(ends, datetime.UTC).date()
    left = ends - now
    if now < begins:
        return Check(NAME, False, f"{path} is not good yet; is this desk's clock right?")
    if left <= 0:
        return Check(NAME, False, f"{path} expired on {day}; enrol the desk anew")
    detail = f"{path} is good until {day}, {left / _DAY_S:.0f} days"
    if left < min(SOON_DAYS * _DAY_S, (ends - begins) * _SOON_SHARE):
        return Check(NAME, True, f"{detail}; renew it: see journalctl -u deskcue-enrol", soon=True)
    return Check(NAME, True, detail)
