"""What the services cost the card: bytes written in an hour, and a root that cannot be written."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from lab.boot.call import hear_a_call
from lab.boot.container import UNITS, Container, kill_tree, soon
from lab.boot.cuts import read
from lab.boot.lab import Lab, wait_until_it_hears
from lab.results import at_most

TARGET_MB: Final = 2.0
EVENTS_PER_HOUR: Final = 44
"""A made-up shift of 12 h has 386 Findings (lab/results/soak.json); and twelve calls an hour."""
_CALLS: Final = 3


def card(lab: Lab) -> None:
    """Count what reaches the disk, the file system's own journal included."""
    with lab.desk() as desk:
        wait_until_it_hears(desk)
        _fill_the_log(lab, desk)
        in_calls, events = _counted(lab, lambda: _hear_calls(desk))
        each = in_calls / max(events, 1)
        in_a_minute, more = _counted(lab, lambda: time.sleep(60.0))
    idle = max(0.0, in_a_minute - more * each)
    lab.report.measure(
        "card.hour",
        "Written to the card in an hour",
        (60 * idle + EVENTS_PER_HOUR * each) / 1e6,
        "MB",
        at_most(TARGET_MB),
        n=events,
        of="events counted",
        remarks=f"{EVENTS_PER_HOUR} events of {each / 1e3:.0f} kB, {60 * idle / 1e3:.0f} kB without"
        " any; ext4's own journal included",
    )


def _fill_the_log(lab: Lab, desk: Container) -> None:
    """Let the outbox's log grow to where it goes round, which it does once in its life."""
    chatter = desk.popen("/opt/deskcue/venv/bin/python", "/opt/lab/chatter.py")
    soon(lambda: (lab.disk.place / "outbox.db-wal").stat().st_size > 1_000_000, 120.0)
    kill_tree(chatter)
    time.sleep(5.0)


def _hear_calls(desk: Container) -> None:
    for _ in range(_CALLS):
        hear_a_call(desk)


def _counted(lab: Lab, work: Callable[[], object]) -> tuple[float, int]:
    """Bytes that were written meanwhile, and events that arrived."""
    written, events = lab.disk.written, len(lab.broker.events)
    work()
    time.sleep(5.0)  # the last event is on its way
    return lab.disk.written - written, len(lab.broker.events) - events


def read_only_root(lab: Lab) -> None:
    """Boot with a root that cannot be written and memory laid over it, twice; events must stay."""
    check, began = lab.report.check, time.time()
    with lab.desk(overlay=True) as desk:
        check("with a read-only root the ear hears", wait_until_it_hears(desk))
        failed = desk.run("systemctl", "--failed", "--no-legend").strip()
        check(f"no unit has failed {failed}", not failed)
        hear_a_call(desk)
        soon(lambda: "summary" in lab.broker.kinds)
        check("a call's events arrive", "F5" in lab.broker.rules)
    rows = len(lab.broker.events)
    with lab.desk(overlay=True, fresh=False) as desk:
        check("they are still there after the next boot", len(read(lab.outbox())[1]) >= rows > 0)
        check("and the services run", all(map(desk.is_active, UNITS)))
    changed = [path for path in _files(lab.root) if path.lstat().st_mtime > began]
    check(f"nothing was written to the root {changed[:5] or ''}", not changed)


def _files(root: Path) -> list[Path]:
    return [Path(folder, name) for folder, _, names in os.walk(root) for name in names]
