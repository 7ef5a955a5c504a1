"""Rulebooks read from TOML, and how their mistakes are told."""

import hashlib
from pathlib import Path

import pytest

from firmware_py.core.errors import DeskcueError
from firmware_py.rules.event_pattern import EventPattern
from firmware_py.rules.kinds import Must
from firmware_py.rules.reader import load_rulebook, parse_rulebook
from firmware_py.rules.rulebook import Phrase, Text
from firmware_py.settings.toml_document import ReadingError
from tests.rules.said import HEAD

GOOD = """\
name = "site"
title = { zh = "本台", en = "Our desk" }
version = 3

[detectors.call]
end_s = 0.8

[phrases]
threshold = -0.5

[[phrase]]
id = "hello"
text = "您好"
say = ["nin|ni hao"]

[[phrase]]
id = "F5"
text = "不关我的事"
say = ["bu guan wo de shi"]
threshold = -1

[[rule]]
id = "greet"
kind = "must"
need = ["phrase.hello"]
after = "call.start"
within_s = 5
hours = "08:00-20:00"
cue = "amber"
"""


def mistakes(text: str) -> list[str]:
    with pytest.raises(ReadingError) as error:
        parse_rulebook(text.encode(), "t.toml")
    return [mistake.removeprefix("t.toml:") for mistake in error.value.mistakes]


def test_a_good_rulebook(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text(GOOD, "utf-8")
    rulebook = load_rulebook(path)
    assert rulebook.title == Text("本台", "Our desk")
    assert rulebook.version == 3
    assert rulebook.sha256 == hashlib.sha256(GOOD.encode()).hexdigest()
    assert rulebook.detectors == {"call": {"end_s": 0.8}}
    assert rulebook.phrases == (
        Phrase("hello", "您好", ("nin|ni hao",), -0.5),
        Phrase("F5", "不关我的事", ("bu guan wo de shi",), -1.0),
    )
    (rule,) = rulebook.rules
    assert rule.kind == Must(
        need=(EventPattern.parse("phrase.hello"),),
        after=EventPattern.parse("call.start"),
        within_s=5.0,
    )
    assert rulebook.sources == (path,)


def test_an_accent_is_read_inherited_and_checked(tmp_path: Path) -> None:
    site, ours = tmp_path / "site.toml", tmp_path / "ours.toml"
    site.write_text(GOOD.replace("threshold = -0.5", 'accent = ["zh/z", "n/l"]'), "utf-8")
    ours.write_text('extends = "site.toml"\nname = "ours"\n', "utf-8")
    assert load_rulebook(site).accent == load_rulebook(ours).accent == ("zh/z", "n/l")
    assert parse_rulebook(GOOD.encode(), "t.toml").accent == ()
    (told,) = mistakes(GOOD.replace("threshold = -0.5", 'accent = ["z/zh"]'))
    assert '"accent" has "z/zh"; there are zh/z' in told


def test_every_mistake_is_told_at_once_with_its_line() -> None:
    text = """\
name = "t"
title = { zh = "测试", fr = "essai" }
[detectors.interuption]
[detectors.call]
hold = 3
[phrases]
threshold = 0.5
[[phrase]]
id = "F5"
text = "不关我的事"
say = ["bu guen wo de shi"]
[[phrase]]
id = "F5"
say = []
[[rule]]
id = "x"
kind = "never"
when = "phrase.F55"
cue = "yellow"
refractory = 5
[[rule]]
id = "y"
kind = "newer"
when = "phrase.F5"
[[rule]]
kind = "limit"
when = "shoutin"
most = "3"
clause = "F55"
hours = "8-12"
"""
    assert mistakes(text) == [
        '2: [title]: unknown key "fr" (known: en, zh)',
        '3: [detectors.interuption]: unknown detector "interuption"; did you mean "interruption"?',
        '5: [detectors.call]: unknown key "hold"; did you mean "hold_s"?',
        '7: [phrases]: "threshold" must be 0 or less; 0 is a perfect match',
        '11: phrase "F5": item 1: "say" \'guen\' is no syllable of toneless pinyin;'
        " did you mean gun or gen or guan?",
        '12: phrase "F5": "text" is missing',
        '13: phrase "F5": the id is taken by an earlier one',
        '14: phrase "F5": "say" needs a spelling',
        '18: rule "x": unknown phrase "F55"; did you mean "F5"?',
        '19: rule "x": "cue" must be one of none, amber, red, not "yellow"',
        '20: rule "x": unknown key "refractory"; did you mean "refractory_s"?',
        '23: rule "y": unknown kind "newer"; did you mean "never"?'
        " (kinds: never, must, limit, together, sequence)",
        '25: rule 3: "id" is missing',
        '27: rule 3: nothing is observed as "shoutin"; did you mean "shouting"?',
        "28: rule 3: \"most\" must be a whole number, not '3'",
        '29: rule 3: unknown clause "F55"; did you mean "F5"?',
        '30: rule 3: "hours" reads "8-12"; write it like 08:00-12:00',
    ]


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ('kind = "never"', '"when" is missing'),
        ('kind = "never"\nwhen = "phrase.F1"', 'unknown phrase "F1"'),
        ('kind = "never"\nwhen = "rule.q"', 'unknown rule "q"'),
        ('kind = "never"\nwhen = "shoutin"', 'nothing is observed as "shoutin"; did you mean'),
        ('kind = "never"\nwhen = "eating"\nclause = "F55"', 'unknown clause "F55"; did you mean'),
        ('kind = "never"\nwhen = "eating"\nmost = 1', 'unknown key "most"'),
        ('kind = "never"\nwhen = "eating"\nrefractory_s = -1', '"refractory_s" must be 0 or more'),
        ('kind = "limit"\nwhen = "eating"\nmost = -1', '"most" must be 0 or more'),
        ('kind = "limit"\nwhen = "eating"\nmost = 1\nwithin_s = -1', '"within_s" must be'),
        ('kind = "must"\nneed = []\nbefore = "eating"', '"need" names nothing'),
        ('kind = "must"\nneed = ["eating"]', 'needs either "after" or "before"'),
        (
            'kind = "must"\nneed = ["eating"]\nafter = "eating"\nbefore = "eating"',
            'needs either "after" or "before"',
        ),
        ('kind = "must"\nneed = ["eating"]\nafter = "shouting"', '"after" needs "within_s"'),
        ('kind = "together"\nall = ["eating"]', '"all" must name two or more'),
        ('kind = "sequence"\nsteps = ["eating"]', '"steps" must name two or more'),
        ('kind = "never"\nwhen = "rule.r"', "listens to itself"),
        ('kind = "never"\nwhen = "eating"\nadvice = "stop"', '"advice" must be a table'),
    ],
)
def test_one_mistake_in_a_rule(rule: str, told: str) -> None:
    (mistake,) = mistakes(f'{HEAD}[[rule]]\nid = "r"\n{rule}\n')
    assert told in mistake
    assert 'rule "r": ' in mistake


def test_rules_that_listen_to_each_other_in_a_circle_are_told() -> None:
    a = '[[rule]]\nid = "a"\nkind = "never"\nwhen = "rule.b"\n'
    b = '[[rule]]\nid = "b"\nkind = "never"\nwhen = "rule.a"\n'
    assert mistakes(HEAD + a + b) == ['3: rule "a": listens to itself, by way of rule "b"']


def test_a_name_that_nobody_knows_is_told() -> None:
    with pytest.raises(DeskcueError, match='no rulebook "10068"; did you mean "10086"'):
        load_rulebook("10068")


def test_a_file_is_called_as_it_was_named(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text("name = 3", "utf-8")
    with pytest.raises(ReadingError) as error:
        load_rulebook(path)
    assert all(mistake.startswith(f"{path}:1: ") for mistake in error.value.mistakes)
