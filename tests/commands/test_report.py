"""``deskcue report``: a shift on the terminal, as CSV and as a page."""

import codecs
import csv
from pathlib import Path

import pytest

from firmware_py.cli import main
from firmware_py.outbox.event import call_id
from firmware_py.outbox.store import Outbox
from firmware_py.reports.shift_csv import COLUMNS
from firmware_py.reports.wording import zone
from tests.commands.running import Deskcue
from tests.reports.day import EVENING, MORNING, day, stamp


@pytest.fixture
def full(outbox: Outbox) -> Outbox:
    for event in day():
        outbox.append(event)
    return outbox


@pytest.mark.usefixtures("full")
def test_the_last_shift_is_shown(settings: Path, deskcue: Deskcue) -> None:
    shown = deskcue("report", "--config", settings)
    assert shown.code == 0
    assert shown.out.splitlines()[0] == "2026-11-24 18:00 – 18:00 " + zone(EVENING.astimezone())
    assert "1 通电话，通话 0:20；坐席说话 50%，客户说话 25%；记录 1 项" in shown.out
    assert "不关我的事！" in shown.out


@pytest.mark.usefixtures("full")
def test_a_day_has_all_its_shifts(settings: Path, deskcue: Deskcue) -> None:
    shown = deskcue("report", "--day", "2026-11-24", "--lang", "en", "--config", settings).out
    assert "3 calls, 2:40 on calls; agent speaks 50%, caller 25%; 5 findings" in shown
    assert "1 calls" in shown
    assert "Your microphone" in shown
    assert "end not heard" in shown


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("name", ["08:01:00", "2026-11-24T08:01:00", call_id(stamp(MORNING), 60)])
def test_one_call_is_shown_alone(name: str, settings: Path, deskcue: Deskcue) -> None:
    shown = deskcue("report", "--call", name, "--csv", "--config", settings).out
    lines = [*csv.DictReader(shown.splitlines())]
    assert [line["rule"] for line in lines] == ["F5", "A2-evening", "A2-morning"]
    assert {line["pace"] for line in lines} == {"4.0"}


@pytest.mark.usefixtures("full")
def test_csv_has_a_line_for_each_call_and_rule(settings: Path, deskcue: Deskcue) -> None:
    shown = deskcue("report", "--day", "2026-11-24", "--csv", "--config", settings).out
    lines = [*csv.DictReader(shown.splitlines())]
    assert tuple(lines[0]) == COLUMNS
    assert sum(int(line["count"]) for line in lines) == 6
    assert [line["rule"] for line in lines if not line["call"]] == ["microphone"]
    assert [line["count"] for line in lines if not line["rule"]] == ["0"]


@pytest.mark.situation(
    "The machine",
    "a report goes to a spreadsheet",
    "`report --csv utf-8-sig`: Excel shows Chinese; times are local, the column `zone` "
    "names the zone",
)
@pytest.mark.usefixtures("full")
def test_csv_names_the_zone_of_its_times_and_opens_in_excel(
    settings: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["report", "--csv", "utf-8-sig", "--config", str(settings)]) == 0
    written = capfdbinary.readouterr().out
    assert written.startswith(codecs.BOM_UTF8)
    (line, *_) = csv.DictReader(written.decode("utf-8-sig").splitlines())
    assert line["shift"] == line["began"] == "2026-11-24 18:00:04"
    assert line["zone"] == zone(EVENING.astimezone())


@pytest.mark.usefixtures("full")
def test_a_page_is_written(settings: Path, tmp_path: Path, deskcue: Deskcue) -> None:
    page = tmp_path / "shift.html"
    shown = deskcue("report", "--html", page, "--config", settings)
    assert (shown.code, shown.out) == (0, "")
    assert "<h1>班次报告</h1>" in page.read_text("utf-8")


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (["--day", "today"], 2, "write a day like 2026-11-24"),
        (["--day", "2026-11-23"], 1, "the nearest days with events: 2026-11-24"),
        (["--call", "09:30:00"], 1, "there is no call 09:30:00"),
        (["--html", "/dev/null/a.html"], 1, "cannot write /dev/null/a.html"),
    ],
)
def test_bad_input_gets_one_line(
    arguments: list[str], code: int, line: str, settings: Path, deskcue: Deskcue
) -> None:
    shown = deskcue("report", *arguments, "--config", settings)
    assert (shown.code, shown.out) == (code, "")
    assert shown.err.count("\n") == 1
    assert line in shown.err


@pytest.mark.usefixtures("outbox")
def test_a_desk_without_events_says_so(settings: Path, deskcue: Deskcue) -> None:
    assert "nothing to report" in deskcue("report", "--config", settings).err
