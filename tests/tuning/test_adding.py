"""A new phrase for a rulebook."""

from pathlib import Path

import pytest

from firmware_py.core.errors import DeskcueError
from firmware_py.core.types import Cue
from firmware_py.hearing.spelling import SpellingError
from firmware_py.rules import load_rulebook
from firmware_py.rules.kinds import events_of
from firmware_py.tuning.adding import append, propose
from firmware_py.tuning.estimate import LOOSEST, STRICTEST
from tests.tuning.speech import background

TALK = background("ni hao", "jin tian tian qi hen hao", "wo bu zhi dao", times=10)


def test_a_long_phrase_that_nobody_says_is_safe() -> None:
    proposal = propose("你到底想怎么样", TALK)
    assert proposal.say == "ni dao di xiang zen me yang"
    assert proposal.id == "site.nidaodixiangzenmeyang"
    assert proposal.estimate.threshold == LOOSEST
    assert proposal.estimate.per_hour < 0.001
    assert proposal.warnings == ()


def test_a_short_phrase_is_warned_of() -> None:
    (warning, *_) = propose("白痴", TALK).warnings
    assert "2 syllables" in warning


def test_a_phrase_that_the_background_holds_is_warned_of() -> None:
    proposal = propose("我不知道", TALK)
    assert proposal.estimate.threshold == STRICTEST
    assert proposal.estimate.nearest > STRICTEST
    assert proposal.estimate.per_hour > 1
    assert any("set it off" in warning for warning in proposal.warnings)


def test_the_same_sound_in_other_words_is_told() -> None:
    proposal = propose("背景", TALK)
    assert proposal.near is not None
    assert "北京" in [one.text for one in proposal.near]
    assert any("北京" in warning for warning in proposal.warnings)


def test_what_sounds_near_comes_nearest_first_without_the_phrase_itself() -> None:
    near = propose("不客气", TALK).near
    assert near
    scores = [one.score for one in near]
    assert scores == sorted(scores, reverse=True)
    assert all("不客气" not in one.text for one in near)


@pytest.mark.parametrize(
    ("text", "say"),
    [
        ("谁告诉您的", "shei|shui gao su nin de"),
        ("办不了", "ban bu liao|le"),
        ("这个不行", "zhe|zhei ge bu xing"),
        ("打10086", "da yi|yao ling ling ba liu"),
    ],
)
def test_heteronyms_and_digits_are_spelled(text: str, say: str) -> None:
    assert propose(text, TALK).say == say


def test_a_number_is_warned_of() -> None:
    assert any("digit by digit" in warning for warning in propose("送100块", TALK).warnings)


def test_phrases_of_the_rulebook_are_looked_through() -> None:
    rulebook = load_rulebook("10086")

    def told(text: str) -> str:
        return "; ".join(propose(text, TALK, rulebook=rulebook).warnings)

    assert "whoever says B1.rate" in told("进行评价")
    assert "D7.bye 再见, which agents have to say" in told("再见")
    assert "whoever says it sets off F5 不关我的事" in told("这不关我的事啊")
    assert "F6 我怎么知道" in told("我怎么知道")
    assert "sounds the same" in told("我怎么知道")
    assert told("银行卡号报一下") == ""


def test_what_is_no_chinese_is_refused() -> None:
    with pytest.raises(SpellingError):
        propose("hello", TALK)


@pytest.fixture
def rulebook(tmp_path: Path) -> Path:
    path = tmp_path / "ours.toml"
    path.write_text(
        'extends = "10086"\nname = "ours"\ntitle = { zh = "我们", en = "Ours" }\nversion = 1\n',
        encoding="utf-8",
    )
    return path


def test_it_is_appended_and_the_rulebook_still_reads(rulebook: Path) -> None:
    append(rulebook, propose("你到底想怎么样", TALK, "X1"))
    (added,) = [phrase for phrase in load_rulebook(str(rulebook)).phrases if phrase.id == "X1"]
    assert added.text == "你到底想怎么样"
    assert added.threshold == LOOSEST
    (rule,) = [rule for rule in load_rulebook(str(rulebook)).rules if rule.id == "X1"]
    assert (rule.cue, str(next(events_of(rule.kind))[1])) == (Cue.RED, "phrase.X1")


def test_a_phrase_for_a_rule_of_ones_own_comes_without_one(rulebook: Path) -> None:
    append(rulebook, propose("你到底想怎么样", TALK, "X1", cue=Cue.NONE))
    assert "X1" not in [rule.id for rule in load_rulebook(str(rulebook)).rules]


def test_a_name_that_is_taken_leaves_the_file_as_it_was(rulebook: Path) -> None:
    before = rulebook.read_bytes()
    with pytest.raises(DeskcueError, match="F5"):
        append(rulebook, propose("不客气", TALK, "F5"))
    assert rulebook.read_bytes() == before
    assert list(rulebook.parent.iterdir()) == [rulebook]


def test_a_file_that_is_no_rulebook_stays_as_it_was(rulebook: Path) -> None:
    rulebook.write_text("version = 'none'\n", encoding="utf-8")
    with pytest.raises(DeskcueError):
        append(rulebook, propose("不客气", TALK))
    assert rulebook.read_text(encoding="utf-8") == "version = 'none'\n"
    assert list(rulebook.parent.iterdir()) == [rulebook]


def test_a_rulebook_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(DeskcueError) as raised:
        append(tmp_path / "none.toml", propose("不客气", TALK))
    assert "\n" not in str(raised.value)


def test_rights_links_and_line_ends_stay(rulebook: Path, tmp_path: Path) -> None:
    rulebook.write_bytes(rulebook.read_bytes().replace(b"\n", b"\r\n"))
    rulebook.chmod(0o640)
    link = tmp_path / "link.toml"
    link.symlink_to(rulebook)
    append(link, propose("你到底想怎么样", TALK, "X1"))
    assert link.is_symlink()
    assert rulebook.stat().st_mode & 0o777 == 0o640
    assert rulebook.read_bytes().count(b"\n") == rulebook.read_bytes().count(b"\r\n")
