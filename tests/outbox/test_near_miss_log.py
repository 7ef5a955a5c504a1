"""The near-miss log."""

import json
from pathlib import Path

import pytest

from firmware_py.core.errors import DeskcueError
from firmware_py.core.types import Observation
from firmware_py.outbox.near_miss_log import NearMissLog, read_notes

NOON = 1_772_604_000.0
NEAR = Observation("near.F5", 10.0, 11.0, 11.8, -1.234567, -0.9)
HIT = Observation("phrase.F6", 20.0, 21.0, 21.1, -0.2, 1.0)
OTHER = Observation("quiet.both", 1.0, 2.0, 2.0, 1.0)


def test_it_holds_phrase_score_and_time_and_nothing_else(tmp_path: Path) -> None:
    log = NearMissLog(tmp_path / "near.jsonl", 100)
    log.hear([NEAR, OTHER, HIT], NOON)
    lines = (tmp_path / "near.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [
        {
            "time": "2026-03-04T06:00:00+00:00",
            "phrase": "F5",
            "score": -1.235,
            "hit": False,
            "heard": 11.8,
        },
        {
            "time": "2026-03-04T06:00:00+00:00",
            "phrase": "F6",
            "score": -0.2,
            "hit": True,
            "heard": 21.1,
        },
    ]
    assert [note.phrase for note in read_notes(tmp_path / "near.jsonl")[0]] == ["F5", "F6"]


def test_it_never_grows_beyond_its_bound_and_keeps_the_newest(tmp_path: Path) -> None:
    path = tmp_path / "near.jsonl"
    log = NearMissLog(path, 10)
    for number in range(35):
        log.hear([Observation("near.F5", 0.0, 1.0, float(number), -1.0)], NOON)
        assert len(path.read_text().splitlines()) <= 10
    assert [note.heard for note in read_notes(path)[0]][-1] == 34.0


def test_it_goes_on_after_a_restart(tmp_path: Path) -> None:
    for _ in range(3):
        NearMissLog(tmp_path / "near.jsonl", 4).hear([NEAR, HIT], NOON)
    assert len((tmp_path / "near.jsonl").read_text().splitlines()) == 4


def test_a_place_that_cannot_be_written_is_told_and_nothing_breaks(tmp_path: Path) -> None:
    log = NearMissLog(tmp_path / "nowhere" / "near.jsonl", 10)
    log.hear([NEAR], NOON)
    assert "nowhere" in log.problem
    (tmp_path / "nowhere").mkdir()
    log.hear([NEAR], NOON)
    assert log.problem == ""


@pytest.mark.parametrize("content", [b"{}\n", b"no json\n", b"\xff\xfe", b'{"time": 1}\n', b"[]\n"])
def test_a_file_that_is_no_log_is_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "near.jsonl"
    path.write_bytes(content)
    with pytest.raises(DeskcueError) as raised:
        read_notes(path)
    assert str(path) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_line_that_a_power_cut_tore_costs_that_line(tmp_path: Path) -> None:
    path = tmp_path / "near.jsonl"
    NearMissLog(path, 10).hear([NEAR, HIT], NOON)
    path.write_bytes(path.read_bytes()[:-30])
    NearMissLog(path, 10).hear([NEAR], NOON)
    notes, broken = read_notes(path)
    assert ([note.phrase for note in notes], broken) == (["F5", "F5"], 1)


@pytest.mark.parametrize(
    "number", ['"score": NaN', '"score": -Infinity', '"heard": -3', '"heard": []']
)
def test_what_no_ear_writes_is_left_out(tmp_path: Path, number: str) -> None:
    path = tmp_path / "near.jsonl"
    good = '{"time": "", "phrase": "F5", "hit": false, "score": -1.0, "heard": 1.0'
    path.write_text(f"{good}}}\n{good}, {number}}}\n")
    assert (len(read_notes(path)[0]), read_notes(path)[1]) == (1, 1)
