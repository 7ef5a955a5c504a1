"""The timeline of a call, as SVG."""

from dataclasses import replace
from xml.etree import ElementTree as Tree

import pytest

from firmware_py.core.types import Cue
from firmware_py.drawing.shapes import CUE_COLOUR, LEFT, RIGHT, WIDTH, cut, place, width_of
from firmware_py.reports.timeline import svg
from tests.reports.samples import RED, call_timeline

SVG = "{http://www.w3.org/2000/svg}"


def texts(drawing: str) -> list[str]:
    return [one.text or "" for one in Tree.fromstring(drawing).iter(f"{SVG}text")]


def titles(drawing: str) -> list[str]:
    return [one.text or "" for one in Tree.fromstring(drawing).iter(f"{SVG}title")]


def test_everything_that_was_found_is_named() -> None:
    shown = texts(svg(call_timeline()))
    for word in ("早班 <1>.wav", "F5", "E3", "不关我的事！", "上午好", "坐席", "客户", "灯光"):
        assert word in shown
    assert any("2026-11-24 09:05 · 10086 咨询 · 1:00" in text for text in shown)


def test_hovering_tells_the_advice() -> None:
    assert any("请说：我帮您联系相关部门处理" in title for title in titles(svg(call_timeline())))


def test_a_calm_call_says_so() -> None:
    assert "没有需要提示的地方" in texts(svg(call_timeline(marks=())))
    assert "Nothing to hint at" in texts(svg(call_timeline(marks=()), "en"))


def test_the_life_of_the_call_is_shown() -> None:
    shown = texts(svg(call_timeline()))
    assert [word for word in shown if word.startswith("通话")] == [
        "通话开始",
        "通话保持",
        "通话恢复",
    ]


@pytest.mark.parametrize("seconds", [0, 0.3, 29, 31, 240, 3600, 20_000])
def test_calls_of_any_length_make_a_drawing_of_bounded_size(seconds: float) -> None:
    drawing = svg(call_timeline(seconds, marks=()))
    root = Tree.fromstring(drawing)
    assert root.get("width") == str(WIDTH)
    assert float(root.get("height", "0")) < 2600
    assert len(drawing) < 600_000


def test_a_cue_stands_at_its_second() -> None:
    root = Tree.fromstring(svg(call_timeline(seconds=30, marks=(RED,))))
    poles = [
        path.get("d", "")
        for path in root.iter(f"{SVG}path")
        if path.get("stroke") == CUE_COLOUR[Cue.RED]
    ]
    x = LEFT + RED.at / 30 * (RIGHT - LEFT)
    assert [float(pole[1:].split()[0]) for pole in poles] == pytest.approx([x], abs=0.1)


def test_more_flags_than_there_is_room_for_are_counted() -> None:
    crowd = tuple(replace(RED, at=27 + n / 100) for n in range(9))
    assert "另有 3 项" in texts(svg(call_timeline(marks=crowd)))


def test_labels_keep_clear_of_each_other() -> None:
    assert place([(100, 50), (120, 50), (160, 50), (171, 50)], 2) == [0, 1, 0, 1]
    assert place([(100, 50), (110, 50), (120, 50)], 2) == [0, 1, -1]


def test_a_text_that_is_too_long_is_cut_to_its_width() -> None:
    assert cut("短", 12, 100) == "短"
    shown = cut("很长很长很长很长", 12, 60)
    assert shown.endswith("…")
    assert width_of(shown, 12) <= 60
