"""The page of a shift, in a real browser too."""

import pytest

from firmware_py.reports.shift_builder import shifts
from firmware_py.reports.shift_page import report_page
from firmware_py.rules.clauses import clauses
from tests.browser import needs_browser, printed, seen
from tests.reports.day import day

TITLES = {clause: title.zh for clause, title in clauses().items()} | {"microphone": "请检查 <耳机>"}
PAGE = report_page(shifts(day())[:1], TITLES, "3-17")
TABLES = (
    "[...doc.querySelectorAll('table')].map(t => [...t.tBodies[0].rows]"
    ".map(r => [...r.cells].map(c => c.textContent)))"
)
BARS = "[...doc.querySelectorAll('table')[0].querySelectorAll('rect')].map(box)"


def test_the_page_asks_for_nothing() -> None:
    for loads in ("<script", "src=", "href=", "@import", "url(http"):
        assert loads not in PAGE
    assert "default-src 'none'" in PAGE


def test_nothing_found_is_said() -> None:
    quiet = [event for event in day() if event["data"]["kind"] == "summary"]
    assert "没有需要提示的地方" in report_page(shifts(quiet), TITLES, "3-17")


@needs_browser
def test_a_browser_shows_clauses_and_calls() -> None:
    by_clause, by_call = seen(PAGE, TABLES)
    assert by_clause == [
        ["F5", "不关我的事！", "用语", "", "2"],
        ["A2", "10086 开头语，按时段问候", "遗漏", "", "2"],
        ["microphone", "请检查 <耳机>", "遗漏", "", "1"],
    ]
    assert [row[2] for row in by_call] == ["1:20", "1:20", "–"]
    assert [row[4] for row in by_call] == ["50%", "50%", "–"]
    assert [row[7] for row in by_call] == ["F5A2 ×2", "–", "F5"]


@needs_browser
@pytest.mark.parametrize(("width", "least"), [(1360, 100), (420, 30)])
def test_bars_are_as_long_as_their_numbers(width: int, least: int) -> None:
    widths = [right - left for left, _, right, _ in seen(PAGE, BARS, width)]
    assert widths[0] == widths[1] == pytest.approx(2 * widths[2])
    assert widths[0] > least


@needs_browser
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [1360, 820, 420])
def test_it_fits_the_window(language: str, width: int) -> None:
    page = report_page(shifts(day()), TITLES, "3-17", language)
    assert seen(page, "doc.documentElement.scrollWidth", width) <= width


@needs_browser
def test_it_prints() -> None:
    assert printed(PAGE).startswith(b"%PDF")
