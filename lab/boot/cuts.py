"""Power cuts at any moment, also while it boots: what was accepted is still there afterwards."""

import json
import random
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from lab.boot.container import Container, soon
from lab.boot.lab import Lab
from lab.results import at_most

CHATTER: Final = "opt/lab/chatter.on"
"""File that lets calls be signalled without end."""
AWAKE_S: Final = 8.0
"""Longest time that a desk lives once its services are up."""


def read(outbox: Path) -> tuple[bool, dict[int, str]]:
    """Whether an outbox is sound, and which event each of its rows holds; changes nothing."""
    with tempfile.TemporaryDirectory() as folder:
        for file in outbox.parent.glob(f"{outbox.name}*"):
            shutil.copy(file, folder)
        db = sqlite3.connect(Path(folder, outbox.name))
        try:
            (said,) = db.execute("PRAGMA integrity_check(1)").fetchone()
            rows = db.execute("SELECT id, body FROM event").fetchall()
        except sqlite3.Error:
            return False, {}
        finally:
            db.close()
    return said == "ok", {number: json.loads(body)["id"] for number, body in rows}


def gaps(rows: Iterable[int]) -> int:
    """Numbers that are lacking; nothing that was accepted may go while there is room."""
    numbers = set(rows)
    return max(numbers, default=0) - len(numbers)


def power_cuts(lab: Lab, cuts: int, seed: int = 14) -> None:
    """Cut the power so many times."""
    rng, known, gone, damaged, again = random.Random(seed), set[str](), set[str](), 0, 0
    lab.disk.unmount()
    lab.disk.make()
    chatter = lab.root / CHATTER
    chatter.touch()
    desk = Container(lab.root, lab.disk.place)
    try:
        up_s = desk.boot()
        for _ in range(cuts):
            desk.cut()
            lab.disk.cut()
            known |= {*lab.broker.events}
            whole, rows = read(lab.outbox())
            damaged += not whole
            gone |= known - {*rows.values()}
            again += gaps(rows)
            known |= {*rows.values()}
            desk.start()
            time.sleep(rng.uniform(0.0, up_s + AWAKE_S))
        desk.cut()
        chatter.unlink()
        desk.boot()
        soon(lambda: known <= {*lab.broker.events}, 120.0)
    finally:
        chatter.unlink(missing_ok=True)
        desk.cut()
    whole, rows = read(lab.outbox())
    damaged += not whole or any(lab.disk.place.glob("*.broken-*"))
    missing = (known | gone | {*rows.values()}) - {*lab.broker.events}
    twice = sum(copies > 1 for copies in lab.broker.copies.values())
    lab.report.measure(
        "cuts.lost",
        f"Events lost in {cuts} power cuts",
        len(gone | missing) + again,
        "",
        at_most(0),
        n=len(lab.broker.events),
        of="events",
        remarks=f"{twice} arrived twice, with the same id",
    )
    lab.report.measure(
        "cuts.damaged", "Outboxes damaged", damaged, "", at_most(0), n=cuts, of="power cuts"
    )
