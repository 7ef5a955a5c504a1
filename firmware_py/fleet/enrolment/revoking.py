"""Takes certificates back: the ledger, and the list that the broker reads."""

import datetime
import os
from contextlib import closing
from pathlib import Path
from typing import Final

from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.enrolment.ledger import Ledger
from firmware_py.fleet.sites.certificates import Authority

LIST: Final = Path("broker") / "crl.pem"


def revoke(site: Path, authority: Authority, desk: str) -> tuple[int, int]:
    """Revoke every certificate of a desk and withdraw its token, if it has not used it.

    Returns:
        How many certificates, how many tokens.

    Raises:
        DeskcueError: the ledger knows neither of that desk.
    """
    now = authority.now().timestamp()
    with closing(Ledger(site)) as ledger, ledger.change():
        certificates, tokens = ledger.revoke(desk, now), ledger.withdraw(desk, now)
        if not certificates and not tokens:
            raise DeskcueError(f"the ledger has nothing of {desk} that is good; is it written so?")
        # Before the ledger keeps it: cut in between, a certificate too many is on the list.
        write_list(site, authority, ledger)
    return certificates, tokens


def write_list(site: Path, authority: Authority, ledger: Ledger) -> None:
    """Write the list for the broker, whole or not at all."""
    revoked = [
        (one.serial, datetime.datetime.fromtimestamp(one.revoked or 0.0, datetime.UTC))
        for one in ledger.revoked()
        if one.ends > authority.now().timestamp()
    ]
    place = site / LIST
    beside = place.with_name(f"{place.name}.new")
    with beside.open("wb") as file:
        file.write(authority.revocations(revoked))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(place)
