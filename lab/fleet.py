"""Measure a floor of made-up desks: connections, the way to the collector, a restart.

    python -m lab.fleet --desks 200 --rate 50 --record

A site, a stock Mosquitto, the collector, its database and every desk run on this machine, over TLS.
"""

import argparse
import contextlib
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.simulate.simulator import Simulator, enrolled
from firmware_py.fleet.sites.site import read_site
from firmware_py.fleet.storage.database import POSTGRESQL, SQLITE
from lab.floor import Floor, cpu_s, wait
from lab.postgres import running
from lab.results import Result, at_least, at_most, record, share
from lab.results.terminal import show

_QUESTION: Final = "fleet"
_NAMES: Final = {SQLITE: ("fleet", "SQLite"), POSTGRESQL: ("fleet.postgresql", "PostgreSQL")}
"""Database -> what ids of its figures begin with, and how it is called."""
DESKS: Final = 2000
"""How many a floor may have, by the issue that asked for it."""


def measure(
    desks: int, rate: float, seconds: float, backlog: int, database: str = SQLITE
) -> list[Result]:
    """Take every figure, in one go."""
    with contextlib.ExitStack() as ends:
        folder = ends.enter_context(tempfile.TemporaryDirectory(prefix="deskcue-"))
        url = ends.enter_context(running(durable=True)).url() if database == POSTGRESQL else ""
        floor = Floor(Path(folder), url)
        ends.callback(floor.close)
        with enrolled(read_site(floor.site), desks) as logins:
            simulator = Simulator(logins, 0.0)
            with floor.broker(), floor.collector():
                _connect(simulator)
                steady = _steady(floor, simulator, rate, seconds)
            with floor.broker():
                back = _connect(simulator)
                first = _queue(floor, simulator, backlog)
                with floor.collector() as pid:
                    before = cpu_s(pid)
                    wait(lambda: floor.written() >= simulator.tally.sent, "the backlog")
                    spent = cpu_s(pid) - before
                drained = _drained(floor, first)
                simulator.close()
    root, engine = _NAMES[database]
    conditions = f"{desks} desks, {rate:g} events/s into {engine}, one busy machine for all of it"
    return [
        Result(
            id=f"{root}.desks.connected",
            question=_QUESTION,
            title="Desks connected at once, each over TLS with its own certificate",
            value=desks,
            target=at_least(DESKS),
            conditions=conditions,
            remarks="as many as were tried; more were not",
        ),
        *steady_results(steady, conditions, root),
        Result(
            id=f"{root}.restart.back",
            question=_QUESTION,
            title="Until every desk is back after the broker's restart",
            value=round(back, 1),
            unit="s",
            n=desks,
            of="desks",
            target=at_most(60),
            conditions=conditions,
        ),
        Result(
            id=f"{root}.collector.rate",
            question=_QUESTION,
            title=f"Events a second that the collector writes into {engine}, from a backlog",
            value=round(drained),
            n=backlog,
            of="events",
            target=at_least(2000),
            conditions="batches of up to 1,000, on a busy machine",
            remarks="wall clock, beside whatever else the machine does",
        ),
        Result(
            id=f"{root}.collector.cpu",
            question=_QUESTION,
            title=f"CPU time of the collector for 1,000 events, from TLS into {engine}",
            value=round(1000 * spent / backlog * 1000),
            unit="ms",
            n=backlog,
            of="events",
            target=at_most(500),
            conditions="batches of up to 1,000, on a busy machine",
            remarks="500 ms is what 2,000 events a second leave one core",
        ),
    ]


def _connect(simulator: Simulator) -> float:
    """Wait until each has connected once more; seconds that it took."""
    goal = simulator.tally.connects + len(simulator.desks)

    def there() -> bool:
        return simulator.tally.connects >= goal and simulator.connected == len(simulator.desks)

    return wait(there, "the desks", simulator)


def _steady(
    floor: Floor, simulator: Simulator, rate: float, seconds: float
) -> tuple[int, list[float]]:
    """Let events flow; how many were sent, and how long each took to be written."""
    simulator.rate, end = rate, time.monotonic() + seconds
    simulator.run(lambda: time.monotonic() > end)
    simulator.rate = 0.0
    wait(lambda: not simulator.waiting, "acknowledgements", simulator)
    sent = simulator.tally.sent
    with contextlib.suppress(DeskcueError):  # what is missing then is in the figure
        wait(lambda: floor.written() >= sent, "the events", simulator)
    return sent, [kept - happened for kept, happened in floor.events()]


def steady_results(
    steady: tuple[int, list[float]], conditions: str, root: str = "fleet"
) -> list[Result]:
    """Figures of events that flowed."""
    sent, delays = steady
    p95 = statistics.quantiles(delays, n=20)[-1]
    return [
        share(
            f"{root}.events.kept",
            _QUESTION,
            "Events sent by the desks that are in the database, each once",
            len(delays),
            sent,
            "events",
            target=at_least(100),
            conditions=conditions,
        ),
        Result(
            id=f"{root}.events.delay_p95",
            question=_QUESTION,
            title="From the desk to the database, 95th percentile",
            value=round(1000 * p95),
            unit="ms",
            n=len(delays),
            of="events",
            conditions=conditions,
        ),
    ]


def _queue(floor: Floor, simulator: Simulator, backlog: int) -> int:
    """Fill the broker while the collector is away; how many the database had before."""
    before, goal = floor.written(), simulator.tally.sent + backlog
    for number in range(backlog):
        simulator.desks[number % len(simulator.desks)].publish_event()
        if number % len(simulator.desks) == 0:
            simulator.step()
    assert simulator.tally.sent == goal
    wait(lambda: not simulator.waiting, "acknowledgements", simulator)
    return before


def _drained(floor: Floor, first: int) -> float:
    """Events a second, from the first batch's write to the last's."""
    kept = [moment for moment, _ in floor.events()[first:]]
    later = sum(moment > kept[0] for moment in kept)
    return later / (kept[-1] - kept[0])


def main() -> int:
    """Measure, show, perhaps record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--desks", type=int, default=200)
    parser.add_argument("--rate", type=float, default=50.0, help="events a second, of all")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--backlog", type=int, default=5000, help="events to drain")
    parser.add_argument("--database", choices=[*_NAMES], default=SQLITE)
    parser.add_argument("--record", action="store_true", help="keep the figures in lab/results")
    args = parser.parse_args()
    try:
        results = measure(args.desks, args.rate, args.seconds, args.backlog, args.database)
    except DeskcueError as error:
        print(f"lab.fleet: {error}", file=sys.stderr)
        return 1
    show(results)
    if args.record:
        command = f"python -m lab.fleet --desks {args.desks} --rate {args.rate:g}"
        name = _NAMES[args.database][0].replace(".", "_")
        record(name, f"{command} --database {args.database}", results, model="")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
