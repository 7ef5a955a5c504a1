"""SIGKILL at random moments under flow."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Final

from lab.torture.rig import Arrival, Listener, Rig, settle, wait_for

RATE: Final = 15.0
"""Events a second that the desk finds."""
BACKLOG: Final = 200
"""Events that wait at most: the desk finds no more until some have gone."""
VICTIMS: Final = ("uplink", "uplink", "broker")
_BEFORE: Final = 3
"""Events that must have come since the last kill: it happens under flow."""
_LONGEST_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of events."""

    found: int
    lost: int
    doubled: int
    """Deliveries beyond the first of each event."""
    unflagged: int
    """Of those, the ones that do not say that they may be there twice."""
    disordered: int
    """Events whose first delivery came after a later event's."""
    uplink_kills: int = 0
    broker_kills: int = 0


def outcome(arrivals: list[Arrival], found: int) -> Outcome:
    """Compare what arrived with what was found, numbered from 1."""
    seen: dict[int, str] = {}
    doubled = unflagged = disordered = newest = 0
    for one in arrivals:
        if one.number in seen:
            doubled += 1
            unflagged += not one.flagged or seen[one.number] != one.id
            continue
        seen[one.number] = one.id
        disordered += one.number < newest
        newest = max(newest, one.number)
    return Outcome(found, found - len(seen), doubled, unflagged, disordered)


def kill_at_random(
    folder: Path, kills: int, seed: int, saved: bool = True, victims: tuple[str, ...] = VICTIMS
) -> Outcome:
    """Kill uplink or broker again and again while events flow; what came of them.

    Args:
        folder: for all of it.
        kills: how many.
        seed: of the moments and the victims.
        saved: whether the broker's file says who listens; one that was killed before it wrote it
            acknowledges what comes before the listener is back, and nobody gets it.
        victims: whom; one that is named twice dies twice as often.
    """
    rig, draw, stop = Rig(folder), random.Random(seed), threading.Event()
    rig.start()
    listener = Listener(rig.site / "logins" / "reader")
    if saved:
        rig.save_sessions()
    desk = threading.Thread(target=_flow, args=(rig, listener, stop), daemon=True)
    desk.start()
    counts = {"uplink": 0, "broker": 0}
    try:
        for _ in range(kills):
            _under_flow(listener)
            time.sleep(draw.uniform(0.0, _LONGEST_S))
            which = draw.choice(victims)
            counts[which] += 1
            victim = rig.uplink if which == "uplink" else rig.broker
            victim.kill()
            time.sleep(draw.uniform(0.0, 0.2))
            victim.start()
        stop.set()
        desk.join()
        settle(rig, listener)
    finally:
        stop.set()
        listener.close()
        rig.stop()
    got = outcome(listener.arrivals, rig.found)
    return replace(got, uplink_kills=counts["uplink"], broker_kills=counts["broker"])


def kill_several(folder: Path, kills: int, seed: int, rigs: int, saved: bool) -> Outcome:
    """Kill in several rigs at once, each with a seed of its own; all of it together."""
    shares = [kills // rigs + (number < kills % rigs) for number in range(rigs)]
    folders = [folder / str(number) for number in range(rigs)]
    for one in folders:
        one.mkdir()
    seeds = range(seed, seed + rigs)
    with ThreadPoolExecutor(rigs) as together:
        outcomes = [*together.map(kill_at_random, folders, shares, seeds, [saved] * rigs)]
    sums = [sum(values) for values in zip(*map(astuple, outcomes), strict=True)]
    return Outcome(*sums)


def _under_flow(listener: Listener) -> None:
    before = len(listener.arrivals)
    wait_for(lambda: len(listener.arrivals) >= before + _BEFORE, "events to flow")


def _flow(rig: Rig, listener: Listener, stop: threading.Event) -> None:
    with rig.shelf() as sink:
        while not stop.wait(1 / RATE):
            if rig.found - len(listener.numbers) < BACKLOG:
                rig.find(sink)
            sink.tend(clock_set=False)
