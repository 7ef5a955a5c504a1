"""The live view: what a person sees of a scene."""

import hypothesis.strategies as st
import pytest
from hypothesis import given
from rich.console import Console

from firmware_py.core.problems import Fault
from firmware_py.light.pattern import AMBER, CALM, RED, Pattern, fault_pattern
from firmware_py.outbox.store import Counts
from firmware_py.reports.live_view import WIDTH, Scene, View
from tests.detectors.made_features import split, spoken
from tests.outbox.sample import finding


def scene(pattern: Pattern = CALM, **more: object) -> Scene:
    given = {"title": "10086 咨询", "seconds": 65.0, "colour": pattern.colour, "pattern": pattern}
    given |= {"counts": Counts(1, 2, 0), "arrived": {"phrase": 2}}
    return Scene(**(given | more))  # type: ignore[arg-type]


def seen(view: View, of: Scene) -> str:
    console = Console(width=WIDTH)
    with console.capture() as capture:
        console.print(view.draw(of))
    return capture.get()


def test_it_shows_who_speaks_and_how_loud() -> None:
    view = View("en")
    view.hear(spoken(agent="######", caller="......"))
    shown = seen(view, scene())
    agent = next(line for line in shown.splitlines() if "Agent" in line)
    caller = next(line for line in shown.splitlines() if "Caller" in line)
    assert "-20 dBFS" in agent
    assert "speaks" in agent
    assert "speaks" not in caller
    assert "▇" in agent


@given(st.sets(st.integers(1, 199)))
def test_how_the_sound_was_cut_does_not_change_the_lanes(cuts: set[int]) -> None:
    whole, cut = View(), View()
    features = spoken(agent="..##==..##==..##==..", caller="##....##....==....##")
    whole.hear(features)
    for part in split(features, cuts):
        cut.hear(part)
    assert seen(whole, scene()) == seen(cut, scene())


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        (CALM, "dark"),
        (AMBER, "amber"),
        (RED, "red"),
        (fault_pattern(Fault.DISK), "violet, 3 blinks"),
    ],
)
def test_the_light_is_told_in_words_too(pattern: Pattern, says: str) -> None:
    assert says in seen(View("en"), scene(pattern))


def test_findings_and_where_events_went_are_shown() -> None:
    view = View("zh")
    assert "暂无" in seen(view, scene())
    view.find(finding(27.6))
    shown = seen(view, scene())
    assert "0:27.6" in shown
    assert "请说" in shown
    assert "…/phrase ×2" in shown
    assert "没有 MQTT" in seen(view, scene(arrived=None))


def test_trouble_is_shown() -> None:
    assert "the disk is full" in seen(View("en"), scene(problems=["the disk is full"]))


def test_no_line_is_broken() -> None:
    view = View("zh")
    for at in range(12):
        view.hear(spoken(agent="####....====....####", caller="....####"))
        view.find(finding(float(at + 2)))
    lines = seen(view, scene(RED)).splitlines()
    assert lines[0].startswith("╭")
    assert all(line.strip()[0] in "╭│╰" for line in lines)
