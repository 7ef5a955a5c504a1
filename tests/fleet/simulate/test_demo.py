"""``deskcue fleet demo``: a whole made-up site, and nothing of it left behind."""

import re
import signal
import subprocess
import sys
import urllib.request
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from firmware_py.core.errors import DeskcueError
from firmware_py.core.messages import catalogue
from firmware_py.fleet.broker.login import Address
from firmware_py.fleet.floors import page as pages
from firmware_py.fleet.simulate.demo import demo_floor
from firmware_py.fleet.simulate.desk import SimulatedDesk
from firmware_py.fleet.simulate.made_up import find
from firmware_py.fleet.simulate.simulator import HEALTH_S, Simulator, enrolled
from firmware_py.fleet.sites.site import init_site, read_site
from firmware_py.outbox.event import SUMMARY
from tests.commands.running import Deskcue
from tests.fleet.built import build_page
from tests.mosquitto import free_port
from tests.outbox.sample import STAMP


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A page, for what this tests is not how it looks."""
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / "index.html").write_text("<title>the page</title>", "utf-8")
    monkeypatch.setattr(pages, "FOLDER", folder)
    return folder


@pytest.mark.usefixtures("built")
def test_a_site_is_there_and_gone() -> None:
    with demo_floor(6, 50.0) as demo:
        simulator = demo.simulator
        demo.run(lambda: simulator.connected == 6 and simulator.tally.acknowledged > 10)
        with urllib.request.urlopen(demo.url.partition("#")[0]) as answer:
            assert b"the page" in answer.read()
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(demo.url.partition("#")[0])


def test_what_is_made_up_is_what_devices_find() -> None:
    known = catalogue()
    stamp = replace(STAMP, began=0.0)
    kinds = {find(stamp, 100.0 + number)["data"]["kind"] for number in range(300)}
    assert len(kinds) > 4
    assert not [kind for kind in kinds - {SUMMARY} if f"found.{kind}" not in known]


def test_every_made_up_desk_says_each_minute_how_it_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    init_site(Address("demo", "localhost", 1), [], tmp_path / "site", None)
    with enrolled(read_site(tmp_path / "site"), 7) as logins:
        simulator = Simulator(logins, 0.0)
    said: Counter[str] = Counter()
    monkeypatch.setattr(SimulatedDesk, "publish_health", lambda one: said.update([one.desk.desk]))
    for desk in simulator.desks:
        desk.connected = True
    for _ in range(int(2 * HEALTH_S)):  # seconds
        simulator._keep_house()
    assert sorted(said.values()) == [2] * 7


def test_a_broker_that_is_away_is_counted(tmp_path: Path, deskcue: Deskcue) -> None:
    port = free_port()
    init_site(Address("demo", "127.0.0.1", port), [], tmp_path / "site", None)
    told = deskcue(
        *("fleet", "simulate", "--site", tmp_path / "site", "--desks", "1", "--seconds", "0.1")
    )
    assert told.code == 1
    assert "Connection refused" in told.objects[0]["failures"]


def test_ctrl_c_ends_all_of_it() -> None:
    command = [sys.executable, "-m", "firmware_py.cli", "fleet", "demo", "--desks", "6"]
    build_page()
    with subprocess.Popen([*command, "--no-browser"], stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        assert re.search(r"http://127\.0\.0\.1:\d+/#name=page", running.stdout.readline())
        running.send_signal(signal.SIGINT)
        assert running.wait() == 0


def test_without_a_page_it_is_one_line(built: Path, deskcue: Deskcue, tmp_path: Path) -> None:
    (built / "index.html").unlink()
    with pytest.raises(DeskcueError, match="scripts/web"), demo_floor(6, 1.0):
        pass
    shown = deskcue("fleet", "page", "--out", tmp_path / "out")
    assert (shown.code, shown.err.count("\n")) == (1, 1)


def test_a_page_knows_its_broker(built: Path, deskcue: Deskcue, tmp_path: Path) -> None:
    (built / "index.html").write_text('<meta name="deskcue-broker" content="">', "utf-8")
    shown = deskcue("fleet", "page", "--out", tmp_path / "out", "--broker", "wss://h:8443/a&b")
    assert shown.code == 0, shown.err
    written = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert written == '<meta name="deskcue-broker" content="wss://h:8443/a&amp;b">'
