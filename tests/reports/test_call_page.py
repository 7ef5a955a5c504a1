"""The page that shows calls, in a real browser too."""

from dataclasses import replace
from typing import Any

import pytest

from firmware_py.reports.call_page import call_page
from tests.browser import needs_browser, printed, seen
from tests.reports.samples import AMBER, NONE, RED, call_timeline

ROWS = "[...doc.querySelectorAll('tbody tr')].map(r => [...r.cells].map(c => c.textContent))"
LABELS = "[...doc.querySelectorAll('svg text')].map(t => [t.textContent, ...box(t)])"


def test_the_page_asks_for_nothing() -> None:
    page = call_page([call_timeline()])
    assert "default-src 'none'" in page
    for loads in ("<script", "src=", "href=", "@import", "url(http"):
        assert loads not in page


def test_a_calm_call_says_so() -> None:
    page = call_page([call_timeline(marks=())])
    assert "<table" not in page
    assert page.count("没有需要提示的地方") == 2


@needs_browser
def test_a_browser_shows_every_finding_in_its_order() -> None:
    page = call_page([call_timeline(marks=(AMBER, NONE, RED))])
    assert seen(page, ROWS) == [
        ["0:27", "F5", RED.title, RED.advice, "红色"],
        ["0:48", "E3", AMBER.title, AMBER.advice, "琥珀色"],
        ["0:51", "D7", NONE.title, NONE.advice, "不亮灯，只记录"],
    ]


@needs_browser
@pytest.mark.parametrize("width", [1360, 800])
def test_the_picture_fits_the_window(width: int) -> None:
    page = call_page([call_timeline()])
    around = "[doc.documentElement.scrollWidth, ...box(doc.querySelector('svg'))]"
    needed, left, top, right, bottom = seen(page, around, width)
    assert needed <= width
    assert 0 <= left < right <= width
    assert 0 <= top < bottom


@needs_browser
def test_on_a_narrow_page_the_picture_scrolls_and_stays_readable() -> None:
    expression = "[doc.documentElement.scrollWidth, ...box(doc.querySelector('svg'))]"
    needed, left, _, right, _ = seen(call_page([call_timeline()]), expression, 420)
    assert needed <= 420
    assert right - left > 900


def overlapping(labels: list[Any]) -> list[tuple[str, str]]:
    found = []
    for number, (text, left, top, right, bottom) in enumerate(labels):
        for other, left2, top2, right2, bottom2 in labels[:number]:
            across = min(right, right2) - max(left, left2)
            down = min(bottom, bottom2) - max(top, top2)
            if across > 1 and down > 0.4 * min(bottom - top, bottom2 - top2):
                found.append((other, text))
    return found


@needs_browser
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_label_covers_another(language: str) -> None:
    crowd = (*(replace(RED, at=27 + 0.3 * n) for n in range(5)), AMBER)
    labels = seen(call_page([call_timeline(marks=crowd)], language), LABELS)
    assert len(labels) > 20
    assert overlapping(labels) == []


@needs_browser
def test_a_short_call_prints_on_one_sheet_and_a_long_one_on_several() -> None:
    sheets = [printed(call_page([call_timeline(s)])).count(b"/Type /Page\n") for s in (60, 480)]
    assert sheets[0] == 1
    assert 2 <= sheets[1] <= 4


def test_what_is_defined_is_defined_once() -> None:
    assert call_page([call_timeline(), call_timeline()]).count('id="both"') == 1
