"""``deskcue replay --plot``: what was heard, drawn."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from firmware_py.cli import main
from firmware_py.core.types import RATE


@pytest.fixture
def calls(tmp_path: Path) -> list[Path]:
    """Two calls of two seconds, in which the agent makes noise for one."""
    rng = np.random.default_rng(1)
    sound = rng.normal(0, 1, (2 * RATE, 2)) * [0.05, 0.001]
    sound[RATE:] *= 0.01
    paths = [tmp_path / "first.wav", tmp_path / "second.wav"]
    for path in paths:
        soundfile.write(path, sound, RATE)
    return paths


def test_each_call_gets_a_picture(calls: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    picture = calls[0].with_name("call.svg")
    assert main(["replay", *map(str, calls), "--at", "09:05", "--plot", str(picture)]) == 0
    drawn = [picture.with_name(f"call-{number}.svg") for number in (1, 2)]
    told = capsys.readouterr().err
    for path, call in zip(drawn, calls, strict=True):
        assert f">{call.name}<" in path.read_text("utf-8")
        assert f"drew {path}" in told


def test_a_page_shows_them_all(calls: list[Path]) -> None:
    picture = calls[0].with_name("calls.html")
    broken = calls[0].with_name("none.wav")
    arguments = [*map(str, [*calls, broken]), "--lang", "en", "--plot", str(picture)]
    assert main(["replay", *arguments]) == 1
    page = picture.read_text("utf-8")
    assert page.count("<section") == 2
    assert "Agent" in page


def test_an_ending_that_is_not_known_is_refused_before_anything_is_heard(
    calls: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", str(calls[0]), "--plot", "call.bmp"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert "call.bmp" in told.err
