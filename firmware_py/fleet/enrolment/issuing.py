"""Gives out tokens: a folder of boot files for each desk, and the sheets of labels."""

import secrets
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from firmware_py.fleet.enrolment.boot_files import Order, boot_files
from firmware_py.fleet.enrolment.desk_list import Place
from firmware_py.fleet.enrolment.labels import label_sheets
from firmware_py.fleet.enrolment.ledger import Ledger
from firmware_py.fleet.folders import whole_folder, write_file

LABELS: Final = "labels.html"
DAYS: Final = 14
"""How long a token is good."""
_DAY_S: Final = 86_400


def issue(
    site: Path, order: Order, places: Sequence[Place], out: Path, days: float = DAYS
) -> list[str]:
    """Make the folder ``out`` of an order, whole or not at all, and note its tokens.

    Args:
        site: the site's folder, where the ledger is.
        order: what every desk is told.
        places: the desks.
        out: the folder to make; each desk's is called as its device.
        days: how long the tokens are good.

    Returns:
        Names of desks that have a certificate already, which stays good until it is revoked.

    Raises:
        DeskcueError: the folder is there already or cannot be made, or the ledger cannot be used.
    """
    given = [(secrets.token_urlsafe(32), place) for place in places]
    with whole_folder(out, "tokens are given once: name a new folder") as made:
        for token, place in given:
            for name, text in boot_files(order, place, token).items():
                write_file(made / place.hostname / name, text.encode(), secret=name == "user-data")
        write_file(made / LABELS, label_sheets(order.broker.site, places).encode())
        # First the ledger, then the folder's name: cut in between, nobody has those tokens.
        with closing(Ledger(site)) as ledger, ledger.change():
            tokens = ((token, place.name) for token, place in given)
            ledger.give(tokens, order.made, order.made + days * _DAY_S)
            good = {one.desk for one in ledger.certificates() if one.revoked is None}
    return [place.name for place in places if place.name in good]
