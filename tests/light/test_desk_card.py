"""The printed card: true to the light, and printed from what it says today."""

import re
from xml.etree import ElementTree as Tree

import pytest

from firmware_py.core.messages import message
from firmware_py.core.problems import Fault
from firmware_py.light import pattern as pattern_module
from firmware_py.light.desk_card import desk_card
from firmware_py.light.pattern import Pattern, fault_pattern
from tests.browser import needs_browser, printed, seen
from tests.checkout import ROOT

CARD = ROOT / "docs" / "desk-card.pdf"
LARGEST = 300_000
"""Bytes."""
PATTERNS = [one for one in vars(pattern_module).values() if isinstance(one, Pattern)]


def words() -> str:
    return re.sub(r"<[^>]+>", "", desk_card())


def hills() -> list[str]:
    """Path of each rhythm that is drawn, in the order of the card."""
    body = desk_card().partition("<body>")[2].removesuffix("</html>\n")
    drawn = Tree.fromstring(f"<body>{body}")
    return [path.get("d", "") for path in drawn.iter("path") if path.get("fill")]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda one: one.name)
def test_every_pattern_has_its_words(pattern: Pattern, language: str) -> None:
    for key in (f"card.{pattern.name}", f"card.{pattern.name}_more"):
        assert message(key, language) in words()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("fault", Fault)
def test_every_fault_has_its_words(fault: Fault, language: str) -> None:
    assert message(f"card.fault_{fault.name.lower()}", language) in words()


def test_every_rhythm_is_drawn_as_the_light_shows_it() -> None:
    shown = [*PATTERNS, *map(fault_pattern, Fault)]
    assert len(hills()) == len(shown)
    for hill, pattern in zip(hills(), shown, strict=True):
        heights = [float(point.split()[1]) for point in hill[1:-1].split("L")[1:-1]]
        base, span = max(heights), max(heights) - min(heights)
        drawn = [(base - height) / span if span else 0.0 for height in heights]
        told = [pattern.brightness(6.0 * step / (len(drawn) - 1)) for step in range(len(drawn))]
        assert drawn == pytest.approx(told, abs=0.02)


def test_the_printed_card_is_that_of_today_and_small() -> None:
    title = re.search(r"<title>(.*)</title>", desk_card())
    assert title
    assert title[1].encode() in CARD.read_bytes(), "run python -m lab.print_desk_card"
    assert CARD.stat().st_size < LARGEST


@needs_browser
def test_it_fits_one_sheet_of_a5() -> None:
    height = seen(desk_card(), "[doc.body.scrollHeight, doc.body.clientHeight]")
    assert height[0] == height[1]
    assert printed(desk_card()).count(b"/Type /Page\n") == 1
