"""``deskcue drill``: a round from the situation to the score."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from rich.prompt import Prompt

from firmware_py.commands import drill
from firmware_py.core.errors import DeskcueError
from firmware_py.core.types import Block
from firmware_py.light.pattern import Colour
from lab.scenarios.attempts import ATTEMPTS
from lab.scenarios.speaking import needs_voice, recorded, spoken
from tests.commands.running import Deskcue


@pytest.fixture
def scores(tmp_path: Path) -> Path:
    return tmp_path / "scores.jsonl"


def test_what_can_be_practised_is_listed(scores: Path, deskcue: Deskcue) -> None:
    shown = deskcue("drill", "--scores", scores)
    assert shown.code == 0
    for word in ("opening-05", "凌晨五点的开头语", "练习次数", "deskcue drill 情景"):
        assert word in shown.out
    assert "The opening at 05:00" in deskcue("drill", "--scores", scores, "--lang", "en").out


def test_who_sits_at_a_terminal_is_asked(
    scores: Path, deskcue: Deskcue, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([" waiting ", ""])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setattr(Prompt, "ask", lambda *_, **__: next(answers))
    assert 'there is no situation "waiting"' in deskcue("drill", "--scores", scores).err
    assert deskcue("drill", "--scores", scores).code == 0


@needs_voice
def test_a_round_says_what_is_missing_and_keeps_the_score(
    tmp_path: Path, scores: Path, deskcue: Deskcue
) -> None:
    wrong = recorded(tmp_path / "wrong.wav", spoken(*ATTEMPTS["wait"].wrong))
    right = recorded(tmp_path / "right.wav", spoken(*ATTEMPTS["wait"].right))
    shown = deskcue("drill", "wait", "--file", wrong, "--scores", scores)
    assert shown.code == 0
    assert "✗ 没有说：请您稍等" in shown.out
    assert "应说：对不起，请您稍等，我帮您查询一下。" in shown.out
    shown = deskcue("drill", "wait", "--file", right, "--scores", scores)
    assert "全部说对！" in shown.out
    assert "得分 100，第 2 次练习 ▆█" in shown.out
    kept = scores.read_text("utf-8")
    assert len(kept.splitlines()) == 2
    assert "稍等" not in kept


@needs_voice
def test_json_tells_it_to_machines(tmp_path: Path, scores: Path, deskcue: Deskcue) -> None:
    wrong = recorded(tmp_path / "wrong.wav", spoken(*ATTEMPTS["wait"].wrong))
    (told,) = deskcue("drill", "wait", "--file", wrong, "--scores", scores, "--json").objects
    assert (told["situation"], told["clause"], told["passed"]) == ("wait", "C4", False)
    assert [word["came"] for word in told["words"]] == [True, False, True]


@needs_voice
def test_live_an_amber_light_shows_what_is_missing(
    scores: Path, deskcue: Deskcue, monkeypatch: pytest.MonkeyPatch
) -> None:
    lit: list[Colour] = []

    class Tap:
        problem = ""

        def __init__(self, _: object) -> None:
            pcm = spoken(*ATTEMPTS["wait"].wrong, 5.0)
            self.parts = np.split(pcm, range(960, len(pcm), 960))

        def __iter__(self) -> Iterator[Block]:
            return (Block(seq, part) for seq, part in enumerate(self.parts))

        def close(self) -> None:
            """Do nothing."""

    class Light:
        def show(self, colour: Colour) -> None:
            lit.append(colour)

        def close(self) -> None:
            """Do nothing."""

    monkeypatch.setattr(drill, "TapSource", Tap)
    monkeypatch.setattr(drill, "open_led", lambda _: Light())
    monkeypatch.setattr(drill, "LIT_S", 0.5)
    assert "✗ 没有说：请您稍等" in deskcue("drill", "wait", "--scores", scores).out
    red, green, blue = max(lit)
    assert red > green > blue == 0


def test_a_tap_that_falls_silent_ends_the_round_with_its_reason() -> None:
    class Tap:
        problem = "the sound server stopped"

        def __iter__(self) -> Iterator[Block]:
            yield Block(0, np.zeros((0, 2), np.int16))

    with pytest.raises(DeskcueError, match="the sound server stopped"):
        list(drill._alive(Tap()))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (["openning-05"], 2, 'did you mean "opening-05"?'),
        (["xyz"], 2, "there are: opening-05, closing"),
        (["wait", "--file", "none.wav"], 1, "there is no such file"),
    ],
)
def test_bad_input_gets_one_line(
    arguments: list[str], code: int, line: str, scores: Path, deskcue: Deskcue
) -> None:
    shown = deskcue("drill", *arguments, "--scores", scores)
    assert shown.code == code
    assert shown.err.count("deskcue:") == 1
    assert line in shown.err
    assert not scores.exists()


def test_a_situation_is_read_out(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/espeak-ng")
    monkeypatch.setattr(subprocess, "run", lambda command, **_: ran.append(command))
    drill._speak("请接听。", "zh")
    assert ran == [["espeak-ng", "-v", "cmn-latn-pinyin", "请接听。"]]
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(DeskcueError, match="apt-get install espeak-ng"):
        drill._speak("请接听。", "zh")
