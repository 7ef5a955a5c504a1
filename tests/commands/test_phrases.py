"""``deskcue phrases add`` and ``deskcue phrases tune``."""

import json
from pathlib import Path

import pytest

from firmware_py.rules import load_rulebook
from firmware_py.tuning import background
from tests.commands.running import Deskcue
from tests.tuning.speech import background as speech

TALK = speech("ni hao", "jin tian tian qi hen hao", times=10)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Less background speech than the bundled: what is tested is the command."""
    monkeypatch.setattr(background, "load", lambda: TALK)


def test_a_phrase_is_spelled_judged_and_given_as_lines(deskcue: Deskcue) -> None:
    ran = deskcue("phrases", "add", "你到底想怎么样", "--id", "X1")
    assert ran.code == 0
    assert "ni dao di xiang zen me yang" in ran.out
    assert '[[phrase]]\nid = "X1"\ntext = "你到底想怎么样"\n' in ran.out


def test_json_is_one_object(deskcue: Deskcue) -> None:
    (told,) = deskcue("phrases", "add", "白痴", "--json").objects
    assert told["say"] == "bai chi"
    assert set(told["estimate"]) == {"threshold", "per_hour", "nearest", "hours"}
    assert any("2 syllables" in warning for warning in told["warnings"])


def test_it_is_written_where_it_is_asked_to(deskcue: Deskcue, tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(
        'extends = "10086"\nname = "ours"\ntitle = { zh = "我们", en = "Ours" }\nversion = 1\n',
        encoding="utf-8",
    )
    assert deskcue("phrases", "add", "这个不归我管", "--write", path).code == 0
    assert "这个不归我管" in [phrase.text for phrase in load_rulebook(str(path)).phrases]
    again = deskcue("phrases", "add", "这个不归我管", "--write", path)
    assert again.code == 1
    assert again.err.count("\n") == 1


@pytest.mark.parametrize("name", ["a b", 'x"y', ".x", "a..b"])
def test_a_name_that_no_rule_can_name_is_wrong_use(deskcue: Deskcue, name: str) -> None:
    ran = deskcue("phrases", "add", "bu gui wo guan", "--id", name)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)


def test_what_cannot_be_spelled_is_wrong_use(deskcue: Deskcue) -> None:
    ran = deskcue("phrases", "add", "hello world")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)


def log(path: Path, count: int) -> Path:
    notes = [
        {
            "time": "2026-01-05T09:00:00+00:00",
            "phrase": "F5",
            "score": -1.6 - 0.02 * (number % 20),
            "hit": False,
            "heard": 100.0 * number,
        }
        for number in range(count)
    ]
    path.write_text("".join(json.dumps(note) + "\n" for note in notes))
    return path


def test_a_log_gives_a_threshold(deskcue: Deskcue, tmp_path: Path) -> None:
    ran = deskcue("phrases", "tune", log(tmp_path / "near.jsonl", 40), "--json")
    (told,) = ran.objects
    assert told["phrase"] == "F5"
    assert told["near"] == 40
    assert told["per_hour"] > 0
    table = deskcue("phrases", "tune", tmp_path / "near.jsonl")
    assert "F5" in table.out


def test_a_short_log_says_that_it_is_too_short(deskcue: Deskcue, tmp_path: Path) -> None:
    ran = deskcue("phrases", "tune", log(tmp_path / "near.jsonl", 3))
    assert "too few to say" in ran.out


def test_an_empty_or_missing_log_is_one_line(deskcue: Deskcue, tmp_path: Path) -> None:
    empty = log(tmp_path / "near.jsonl", 0)
    for path in (empty, tmp_path / "none.jsonl"):
        ran = deskcue("phrases", "tune", path)
        assert (ran.code, ran.err.count("\n")) == (1, 1)


def test_a_log_of_another_rulebook_is_told(deskcue: Deskcue, tmp_path: Path) -> None:
    path = log(tmp_path / "near.jsonl", 40)
    path.write_text(path.read_text().replace("F5", "site.x"))
    ran = deskcue("phrases", "tune", path)
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert "none of 40 notes is of a phrase of rulebook 10086, such as site.x" in ran.err


@pytest.mark.parametrize("number", ["0", "nan", "inf"])
@pytest.mark.parametrize("option", ["--hours", "--per-hour"])
def test_no_time_and_no_budget_are_wrong_use(
    deskcue: Deskcue, tmp_path: Path, option: str, number: str
) -> None:
    path = log(tmp_path / "near.jsonl", 3)
    assert deskcue("phrases", "tune", path, option, number).code == 2
