"""Pictures of the floor page, in a real browser.

python -m lab.floor_page --picture docs/images/floor.png
python -m lab.floor_page --record
"""

import argparse
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from firmware_py.fleet.simulate.demo import Demo, demo_floor
from lab.browser import Tab, browser

_READY: Final = "Number(document.querySelector('.total.ready b')?.innerText ?? 0)"


@contextmanager
def living(desks: int, rate: float) -> Iterator[Demo]:
    """A made-up floor that goes on by itself."""
    stop = threading.Event()
    with demo_floor(desks, rate) as demo:
        thread = threading.Thread(target=demo.run, args=(stop.is_set,))
        thread.start()
        try:
            yield demo
        finally:
            stop.set()
            thread.join()


def opened(tab: Tab, demo: Demo, size: tuple[int, int] = (1440, 900)) -> None:
    """Open the page, and wait until all of it is there."""
    tab.resize(*size)
    tab.open(demo.url)
    tab.wait(f"{_READY} >= {0.7 * len(demo.simulator.desks)}", "desks")
    tab.wait("document.querySelectorAll('.bars .row').length > 5", "counts")


def arrange(tab: Tab, demo: Demo) -> None:
    """Put desks to where they might stand: in rows of seven, back to back, with aisles between."""
    floors: dict[str, dict[str, tuple[int, int]]] = {}
    for one in demo.simulator.desks:
        floor = floors.setdefault(f"{one.desk.site}/{one.desk.floor}", {})
        row, place = divmod(len(floor), 7)
        floor[one.desk.desk] = (place + (place >= 3), row + row // 2)
    layout = json.dumps({"version": 1, "floors": floors})
    tab.eval(f"localStorage.setItem('deskcue.layout', {json.dumps(layout)})")
    tab.open("about:blank")
    opened(tab, demo)


def picture(out: Path, desks: int, keys: str, seconds: float) -> None:
    """Take a picture of the page once some life has gone by; ``keys`` are pressed before."""
    with living(desks, desks / 20) as demo, browser() as tab:
        opened(tab, demo)
        arrange(tab, demo)
        tab.wait(f"performance.now() > {1000 * seconds}", "some life")
        tab.press(*keys)
        tab.wait("new Promise((done) => setTimeout(() => done(true), 300))", "the last frame")
        tab.screenshot(out)


def main() -> None:
    """Do what the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m lab.floor_page", description=__doc__)
    parser.add_argument("--picture", type=Path, metavar="PNG", required=True)
    parser.add_argument("--desks", type=int, default=56)
    parser.add_argument("--keys", default="", help="pressed before the picture")
    parser.add_argument("--life", type=float, default=40.0, help="seconds before the picture")
    args = parser.parse_args()
    picture(args.picture, args.desks, args.keys, args.life)


if __name__ == "__main__":
    main()
