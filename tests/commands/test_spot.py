"""``deskcue spot``: where a phrase is said, and how surely."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from firmware_py.commands import spot
from firmware_py.core.types import RATE
from tests.checkout import ROOT
from tests.commands.running import Deskcue

CALL = ROOT / "firmware_py" / "demo" / "call.ogg"
KEYS = {"file", "phrase", "score", "start", "end", "hit"}


def test_a_phrase_is_found_where_it_is_said_and_another_is_not(deskcue: Deskcue) -> None:
    heard = deskcue("spot", CALL, "--phrase", "不关我的事", "现在才说早干嘛来着", "--json")
    said, unsaid = heard.objects
    assert heard.code == 0
    assert set(said) == set(unsaid) == KEYS
    assert said["hit"]
    assert said["phrase"] == "不关我的事"
    assert said["start"] == pytest.approx(26.6, abs=0.4)
    assert not unsaid["hit"]
    assert unsaid["score"] < said["score"] <= 0


def test_pinyin_and_the_phrase_s_id_say_the_same_as_hanzi(deskcue: Deskcue) -> None:
    ways = ("不关我的事！", "不关我的事", "bu guan wo de shi", "F5")
    heard = deskcue("spot", CALL, "--phrase", *ways, "--json").objects
    assert len({(one["score"], one["start"], one["hit"]) for one in heard}) == 1


def test_a_phrase_of_the_rulebook_is_said_as_it_says(deskcue: Deskcue) -> None:
    (only,) = deskcue("spot", CALL, "--phrase", "我是**号客户代表", "--json").objects
    assert only["score"] is not None


def test_a_sound_too_short_for_the_phrase_has_no_score(tmp_path: Path, deskcue: Deskcue) -> None:
    path = tmp_path / "short.wav"
    soundfile.write(path, np.zeros(RATE // 10), RATE)
    (only,) = deskcue("spot", path, "--phrase", "不关我的事", "--json").objects
    assert only["score"] is None
    assert not only["hit"]


def test_what_is_no_mandarin_is_wrong_use(deskcue: Deskcue) -> None:
    shown = deskcue("spot", CALL, "--phrase", "hello")
    assert shown.code == 2
    assert "no syllable" in shown.err


def test_a_broken_file_is_told_and_the_others_are_heard(tmp_path: Path, deskcue: Deskcue) -> None:
    shown = deskcue("spot", tmp_path / "none.wav", CALL, "--phrase", "中国移动")
    assert shown.code == 1
    assert "no such file" in shown.err
    assert "中国移动" in shown.out


def test_a_recording_is_searched_in_windows_and_no_phrase_is_cut_in_two(
    deskcue: Deskcue, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("spot", CALL, "--phrase", "不关我的事", "现在才说早干嘛来着", "--json")
    whole = deskcue(*asked).objects
    monkeypatch.setattr(spot, "_WINDOW", 300)
    monkeypatch.setattr(spot, "_OVERLAP", 150)
    assert deskcue(*asked).objects == whole
