"""Measures how smoothly the floor page scrolls, with desks that go on talking.

    chrt -r 2 python -m lab.floor_page_cost --record

Every desk's condition comes once a minute and some states change, as on a floor at work.
"""

import argparse
import datetime
import itertools
import json
import os
import random
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from firmware_py.contract.digest import CONDITION
from firmware_py.contract.payloads import DeskState, State, to_json, utc
from firmware_py.contract.topics import STATE, topic
from firmware_py.demo.broker import find_mosquitto, free_port
from firmware_py.fleet.floors.digest import condition, condition_topic, counts
from firmware_py.fleet.floors.page import page
from firmware_py.settings.config import Desk
from lab.browser import Tab, browser
from lab.results import Result, at_least, at_most, record
from lab.results.terminal import show

_ON_A_FLOOR: Final = 100
_SMOOTH: Final = 500
"""Desks with which scrolling shall be smooth, by the issue that asked for it."""
_SCROLL_S: Final = 10
_STATES_S: Final = 2.0
"""Desks whose state changes in a second."""
_WATCH: Final = """(() => {
  window.times = [];
  const frame = (now) => { times.push(now); requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
})()"""
_SPEED: Final = 1200
"""Pixels a second."""
_TURN_S: Final = 2


@dataclass(frozen=True, slots=True)
class Scrolled:
    """What was seen in one run."""

    frames_s: float
    """Frames a second."""
    smooth: float
    """Share of frames that came no later than 1.5 frames after the one before."""
    cpu_ms: float
    """CPU time of the page's main thread for one frame."""
    load_cpu_ms: float
    """The same until every desk is shown."""


def measure(desks: int) -> Scrolled:
    """Show so many desks and scroll through them."""
    with talking(desks) as url, browser() as tab:
        tab.resize(1440, 900)
        tab.ask("Performance.enable", timeDomain="threadTicks")
        tab.open(url)
        ready = "Number(document.querySelector('.total.ready b')?.innerText ?? 0)"
        lost = "Number(document.querySelector('.total.lost b')?.innerText ?? 0)"
        tab.wait(f"{ready} + {lost} === {desks}", "every desk")
        load = cpu_s(tab)
        tab.eval(_WATCH)
        before = cpu_s(tab)
        scroll(tab)
        spent = cpu_s(tab) - before
        times: list[float] = tab.eval("times")
    gaps = [b - a for a, b in itertools.pairwise(times)]
    return Scrolled(
        frames_s=1000 * len(gaps) / (times[-1] - times[0]),
        smooth=sum(gap <= 25 for gap in gaps) / len(gaps),
        cpu_ms=1000 * spent / len(gaps),
        load_cpu_ms=1000 * load,
    )


def scroll(tab: Tab) -> None:
    """Move a finger up and down the plan, as fast as a person may."""
    down = tab.eval(
        "(({scrollHeight: all, clientHeight: seen}) => all - seen)(document.querySelector('.plan'))"
    )
    for turn in range(_SCROLL_S // _TURN_S):
        way = min(_SPEED * _TURN_S, down) * (1 if turn % 2 else -1)
        tab.ask("Input.synthesizeScrollGesture", x=400, y=500, yDistance=way, speed=_SPEED)


def cpu_s(tab: Tab) -> float:
    """CPU time of the page's main thread so far."""
    told = tab.ask("Performance.getMetrics")["metrics"]
    return float(next(one["value"] for one in told if one["name"] == "TaskDuration"))


@contextmanager
def talking(desks: int) -> Iterator[str]:
    """A broker that keeps what so many desks said, and desks that say more; the page's address."""
    everyone = [
        Desk("lab", str(number // _ON_A_FLOOR + 1), f"{number // _ON_A_FLOOR + 1}-{number:04}")
        for number in range(desks)
    ]
    with tempfile.TemporaryDirectory(prefix="deskcue-") as folder:
        (Path(folder) / "index.html").write_bytes(page())
        port, web = free_port(), free_port()
        with _broker(Path(folder), port, web):
            client = Client(CallbackAPIVersion.VERSION2)
            client.max_inflight_messages_set(1000)
            client.connect("127.0.0.1", port)
            client.loop_start()
            last = None
            for desk in everyone:
                say_state(client, desk, DeskState.READY)
                last = say_condition(client, desk)
            for floor in sorted({one.floor for one in everyone}):
                last = client.publish(f"deskcue/v1/lab/{floor}/counts", a_day(), 1, retain=True)
            assert last is not None
            last.wait_for_publish(60)
            stop = threading.Event()
            thread = threading.Thread(target=talk, args=(client, everyone, stop))
            thread.start()
            yield f"http://127.0.0.1:{web}/#name=page&password=none"
            stop.set()
            thread.join()
            client.disconnect()
            client.loop_stop()


@contextmanager
def _broker(folder: Path, port: int, web: int) -> Iterator[None]:
    conf = folder / "mosquitto.conf"
    conf.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 100000\nuser root\n"
        f"listener {web} 127.0.0.1\nprotocol websockets\nhttp_dir {folder}\n"
    )
    process = subprocess.Popen(
        [find_mosquitto() or "mosquitto", "-c", conf], stderr=subprocess.DEVNULL
    )
    time.sleep(1.0)
    yield
    process.terminate()
    process.wait()


def talk(client: Client, desks: list[Desk], stop: threading.Event) -> None:
    """Say how desks are: each its condition once a minute, some another state."""
    while not stop.wait(0.1):
        for desk in random.sample(desks, max(1, len(desks) // 600)):
            say_condition(client, desk)
        if random.random() < _STATES_S / 10:
            say_state(
                client, random.choice(desks), random.choice([DeskState.READY, DeskState.LOST])
            )


def say_state(client: Client, desk: Desk, state: DeskState) -> None:
    """Publish a desk's state."""
    client.publish(topic(desk, STATE), to_json(State(state, (), utc(time.time()))), 1, retain=True)


def say_condition(client: Client, desk: Desk) -> Any:
    """Publish a desk's condition."""
    told = condition({"at": utc(time.time()), "version": "0.1.0", "clock": "set"})
    return client.publish(condition_topic(desk), json.dumps(told), CONDITION.qos, retain=True)


def a_day() -> str:
    """Counts of a floor."""
    now = datetime.datetime.now(datetime.UTC)
    hours = [
        {
            "hour": utc(now.replace(minute=0, second=0, microsecond=0).timestamp() - 3600 * back),
            "desks": 90,
            "calls": 500,
            "contested": 0,
            "counts": {f"F{n}": {"red": random.randint(1, 40)} for n in range(1, 13)},
        }
        for back in reversed(range(12))
    ]
    return counts(hours, now)


def results(desks: int, seen: Scrolled) -> list[Result]:
    """What was seen, as figures."""
    first = os.sched_getscheduler(0) != os.SCHED_OTHER
    load = f"load {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores"
    conditions = f"{desks:,} desks that talk, {'served first, ' if first else ''}{load}"
    late = f"{1 - seen.smooth:.0%} of frames late"
    return [
        Result(
            id=f"page.scroll.cpu.{desks}",
            question="page",
            title="CPU time of the page's main thread for a frame of scrolling",
            value=round(seen.cpu_ms, 2),
            unit="ms",
            target=at_most(round(1000 / 60, 1)),
            conditions=conditions,
        ),
        Result(
            id=f"page.scroll.frames.{desks}",
            question="page",
            title="Frames a second while scrolling",
            value=round(seen.frames_s, 1),
            target=at_least(60) if desks <= _SMOOTH else None,
            conditions=conditions,
            remarks=late,
        ),
        Result(
            id=f"page.load.cpu.{desks}",
            question="page",
            title="CPU time of the page's main thread until every desk is shown",
            value=round(seen.load_cpu_ms),
            unit="ms",
            conditions=conditions,
        ),
    ]


def main() -> None:
    """Measure, show, perhaps record."""
    parser = argparse.ArgumentParser(prog="python -m lab.floor_page_cost", description=__doc__)
    parser.add_argument("--record", action="store_true", help="keep the figures in lab/results")
    args = parser.parse_args()
    found = [one for desks in (500, 2000) for one in results(desks, measure(desks))]
    show(found)
    if args.record:
        record("page", "chrt -r 2 python -m lab.floor_page_cost", found, model="")


if __name__ == "__main__":
    main()
