"""What was learnt of a voice, over a restart and no longer than the day."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from firmware_py.device.baseline import BaselineStore

LEARNT = {"shouting": {"heard": 900.0, "level": -27.5}}


@dataclass
class At:
    """A clock that stands."""

    second: float = 1_772_604_000.0

    def now(self) -> float:
        """Tell the same second."""
        return self.second


def test_it_is_there_after_a_restart(tmp_path: Path) -> None:
    BaselineStore(tmp_path / "voice.json", At()).save(LEARNT)
    assert BaselineStore(tmp_path / "voice.json", At()).load() == LEARNT


def test_another_day_begins_anew(tmp_path: Path) -> None:
    BaselineStore(tmp_path / "voice.json", At()).save(LEARNT)
    assert BaselineStore(tmp_path / "voice.json", At(1_772_604_000.0 + 86_400)).load() == {}


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"day": 1}', '{"day": "2026-03-04", "learnt": 3}']
)
def test_what_is_not_whole_is_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "voice.json").write_text(text, "utf-8")
    assert BaselineStore(tmp_path / "voice.json", At()).load() == {}


def test_a_disk_that_does_not_take_it_is_told(tmp_path: Path) -> None:
    store = BaselineStore(tmp_path / "nowhere" / "voice.json", At())
    store.save(LEARNT)
    assert "cannot keep the usual voice" in store.problem


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_is_no_number_is_not_learnt_again(tmp_path: Path, number: float) -> None:
    store = BaselineStore(tmp_path / "voice.json", At())
    store.save({"shouting": {"level": number}})
    assert store.load() == {}
