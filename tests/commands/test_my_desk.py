"""``deskcue my-desk``: the agent's side on the command line."""

import signal
import subprocess
import sys
from datetime import datetime
from http.client import HTTPConnection
from pathlib import Path

import pytest

from firmware_py.outbox.event import to_event
from firmware_py.outbox.store import Outbox
from tests.commands.running import Deskcue
from tests.outbox.sample import STAMP, finding

EVENT = to_event(finding(), STAMP)
DAY = f"{datetime.fromisoformat(EVENT['time']).astimezone():%Y-%m-%d}"


def test_the_day_in_words_and_a_contest_that_the_report_shows(
    settings: Path, outbox: Outbox, deskcue: Deskcue
) -> None:
    outbox.append(EVENT)
    shown = deskcue("my-desk", "--day", DAY, "--lang", "en", "--config", settings)
    assert shown.code == 0, shown.err
    assert "Light only: off" in shown.out
    assert f"{EVENT['id'][:8]}  words: F5" in shown.out
    contest = ("--contest", EVENT["id"][:8], "--reason", "quoted")
    said = deskcue("my-desk", "--day", DAY, *contest, "--config", settings)
    assert "您有异议：复述或朗读" in said.out
    report = deskcue("report", "--lang", "en", "--config", settings)
    assert "contested by the agent: 1 (quoted 1)" in report.out
    listed = deskcue("events", "--config", settings)
    assert f"contested, quoted: event {EVENT['id'][:8]}" in listed.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--contest", "ab"], "goes with --reason"),
        (["--contest", "nothing", "--reason", "other"], "0 events of that day"),
        (["--light-only", "on"], 'is "off"'),
        (["--day", "yesterday"], "a day like"),
        (["--serve", "--port", "99999"], "cannot be listened on"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    arguments: list[str], said: str, settings: Path, outbox: Outbox, deskcue: Deskcue
) -> None:
    outbox.append(EVENT)
    shown = deskcue("my-desk", *arguments, "--config", settings)
    assert shown.code in (1, 2)
    assert shown.err.count("\n") == 1
    assert said in shown.err


def test_the_page_is_a_process_that_ends_when_it_is_told(settings: Path, outbox: Outbox) -> None:
    outbox.append(EVENT)
    command = [sys.executable, "-m", "firmware_py.cli", "my-desk", "--serve", "--port", "0"]
    with subprocess.Popen(
        [*command, "--config", str(settings)], stdout=subprocess.PIPE, text=True
    ) as page:
        assert page.stdout
        where = page.stdout.readline().strip()
        assert where.startswith("http://127.0.0.1:")
        line = HTTPConnection(where.split("/")[2], timeout=60)
        line.request("GET", f"/?day={DAY}")
        assert EVENT["data"]["clause"] in line.getresponse().read().decode()
        line.close()
        page.send_signal(signal.SIGTERM)
        assert page.wait(60) == 0
