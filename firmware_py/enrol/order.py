"""``/etc/deskcue/enrolment.toml``: what cloud-init lays there, and what is left of it later."""

import json
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from firmware_py.core.access import reason
from firmware_py.core.errors import DeskcueError
from firmware_py.enrol.files import write

FILE: Final = "enrolment.toml"


@dataclass(frozen=True, slots=True)
class Order:
    """Whom to ask, as which desk, and with what right."""

    host: str
    port: int
    desk: str
    """``SITE/FLOOR/DESK``, which the certificate must say."""
    made: float
    """Seconds since the epoch; a clock that says less was never set."""
    token: str = ""
    """Good for one certificate; empty once the desk has that."""


def read_order(folder: Path) -> Order:
    """Read the order in a desk's folder.

    Raises:
        DeskcueError: there is none, or it is broken.
    """
    path = folder / FILE
    try:
        told = tomllib.loads(path.read_text("utf-8"))
        host, _, port = str(told["service"]).rpartition(":")
        return Order(
            host,
            int(port),
            str(told["desk"]),
            float(told["made"]),
            str(told.get("token", "")),
        )
    except OSError as error:
        raise DeskcueError(
            f"{path} cannot be read ({reason(path, error)}); deskcue fleet enrol makes what lays it"
        ) from None
    except (KeyError, ValueError) as error:
        raise DeskcueError(f"{path} is broken ({error}); enrol the desk anew") from None


def spend(folder: Path, order: Order) -> Order:
    """Take the token out of the order, for the certificate is there."""
    spent = replace(order, token="")
    text = "".join(
        f"{key} = {json.dumps(value, ensure_ascii=False)}\n"
        for key, value in (
            ("service", f"{order.host}:{order.port}"),
            ("desk", order.desk),
            ("made", order.made),
        )
    )
    write(folder / FILE, text.encode(), 0o600)
    return spent
