"""Run every torment, show what came of it, perhaps record it."""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from firmware_py.core.errors import DeskcueError
from lab.results import Result, at_least, at_most, record, share
from lab.results.terminal import show
from lab.torture.hardships import away_for_a_day, certificate_expires, damaged, disk_full
from lab.torture.kills import Outcome, kill_several

_QUESTION: Final = "delivery"


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="deskcue-") as name:
        yield Path(name)


def main() -> int:
    """Measure, show, perhaps record."""
    parser = argparse.ArgumentParser(prog="python -m lab.torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=50, help="0: everything else (50)")
    parser.add_argument(
        "--unsaved", action="store_true", help="the broker has never written down who listens"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rigs", type=int, default=1, help="desks and brokers at once (1)")
    parser.add_argument("--record", action="store_true", help="keep the figures in lab/results")
    args = parser.parse_args()
    if args.kills < 0 or args.rigs < 1:
        parser.error("--kills is 0 or more, --rigs 1 or more")
    try:
        if args.kills:
            results = kill_results(args.kills, args.seed, args.rigs, saved=not args.unsaved)
        else:
            results = hardship_results()
    except DeskcueError as error:
        print(f"lab.torture: {error}", file=sys.stderr)
        return 1
    show(results)
    if args.record:
        command = f"python -m lab.torture --kills {args.kills}"
        if args.kills:
            command += f" --seed {args.seed} --rigs {args.rigs}" + " --unsaved" * args.unsaved
        record("torture", command, results, model="")
    return 0


def kill_results(kills: int, seed: int, rigs: int, *, saved: bool) -> list[Result]:
    """Figures of SIGKILL at random moments."""
    with _folder() as folder:
        got = kill_several(folder, kills, seed, rigs, saved)
    how = (
        f"SIGKILL {got.uplink_kills} times to the uplink, {got.broker_kills} to Mosquitto, each"
        f" while events flow; the broker's file {'says' if saved else 'never says'} who listens"
    )
    root = f"fleet.torture.{'saved' if saved else 'unsaved'}"
    doubled = f"{got.doubled} deliveries came twice"
    return [
        _arrived(
            f"{root}.arrived", f"Events that arrive though {kills} kills came between", got, how
        ),
        _none(f"{root}.disordered", "Events that came after a later one", got.disordered, how),
        _none(
            f"{root}.unflagged",
            "Second deliveries with another id, or that do not say so",
            got.unflagged,
            how,
            doubled,
        ),
    ]


def hardship_results() -> list[Result]:
    """Figures of what else befalls a desk."""
    with _folder() as folder:
        day = away_for_a_day(folder, 1440, 100.0)
    made = [
        _arrived(
            "fleet.torture.day",
            "Events of a day without a broker that arrive, in order and marked",
            day.outcome,
            "1,440 events dated over 24 h, then the broker is back",
            f"{day.flagged} say that they come late",
        ),
        Result(
            id="fleet.torture.day_rate",
            question=_QUESTION,
            title="Most of them in one second, with drain_per_s = 100",
            value=day.most,
            conditions="20 at once, then 100 a second, as the desk sends; counted where they come",
        ),
    ]
    if os.geteuid() == 0:
        with _folder() as folder:
            full, waited = disk_full(folder, 200)
        how = "a disk of 2 MB fills while events flow, and is emptied"
        note = f"{waited} waited in memory"
        made.append(
            _arrived(
                "fleet.torture.disk", "Events that arrive though the disk was full", full, how, note
            )
        )
    with _folder() as folder:
        got, aside = damaged(folder, 200)
    note = "the damaged file is kept" if aside else "the damaged file is gone"
    how = "the outbox's file is overwritten after 200 events had gone, 200 come after"
    made.append(
        _arrived(
            "fleet.torture.damaged",
            "Events that arrive though the outbox was damaged",
            got,
            how,
            note,
        )
    )
    with _folder() as folder:
        expired, meanwhile = certificate_expires(folder, 200)
    how = "the desk's certificate expires, the broker restarts, the running uplink gets a new one"
    note = f"{meanwhile} came in between"
    made.append(
        _arrived(
            "fleet.torture.certificate",
            "Events that arrive though the certificate expired",
            expired,
            how,
            note,
        )
    )
    return made


def _arrived(name: str, title: str, got: Outcome, conditions: str, remarks: str = "") -> Result:
    there = got.found - got.lost
    return share(
        name,
        _QUESTION,
        title,
        there,
        got.found,
        "events",
        target=at_least(100),
        conditions=conditions,
        remarks=remarks,
    )


def _none(name: str, title: str, value: int, conditions: str, remarks: str = "") -> Result:
    return Result(
        id=name,
        question=_QUESTION,
        title=title,
        value=value,
        target=at_most(0),
        conditions=conditions,
        remarks=remarks,
    )


if __name__ == "__main__":
    raise SystemExit(main())
