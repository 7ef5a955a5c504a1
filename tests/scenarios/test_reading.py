"""Scenarios with mistakes get one clear line for each."""

import pytest

from firmware_py.settings.toml_document import ReadingError
from lab.scenarios.reading import Line, Twin, Who, parse

PARTS = {"opening": (Line(say="您好"),)}
GOOD = """\
[[scenario]]
id = "x"
clause = "F5"
call = [
    "opening",
    { who = "caller", say = "你好", pause = -0.5, db = 3 },
    { only = "breach", say = "不关我的事" },
    { only = "clean", call = "end" },
]
"""


def mistakes(text: str) -> list[str]:
    with pytest.raises(ReadingError) as error:
        parse(text.encode(), "t.toml", PARTS)
    return [*error.value.mistakes]


def test_a_good_scenario_is_two_calls() -> None:
    (scenario,) = parse(GOOD.encode(), "t.toml", PARTS)
    assert scenario.expected == "F5"
    breach, clean = scenario.lines(Twin.BREACH), scenario.lines(Twin.CLEAN)
    assert [line.say for line in breach] == ["您好", "你好", "不关我的事"]
    assert breach[1].who is Who.CALLER
    assert breach[:2] == clean[:2]


@pytest.mark.parametrize(
    ("good", "bad", "told"),
    [
        ('who = "caller"', 'who = "calller"', '"who" must be one of agent, caller, not "calller"'),
        ('clause = "F5"', 'clause = "F55"', 'unknown clause "F55"; did you mean "F5"?'),
        ('id = "x"', 'id = "x"\nprofile = "10068"', 'unknown profile "10068"; did you mean'),
        ('"opening"', '"openning"', 'unknown part "openning"; did you mean "opening"?'),
        ("pause = -0.5", "paus = 1", 'unknown key "paus"; did you mean "pause"?'),
        ('call = "end"', 'call = "stop"', '"call" must be one of start, hold, resume, end'),
        (', say = "不关我的事"', "", 'needs exactly one of "say", "noise" and "call"'),
        ("db = 3", "speed = 900", '"speed" must be 80 to 450'),
        ('id = "x"', 'id = "x"\nat = "9:30"', "write it like 2026-03-03 09:30"),
        ('id = "x"', 'id = "x"\nknown_miss = "so"', '"known_miss" is a table with breach'),
        ("[[scenario]]", "[[scenaro]]", 'unknown key "scenaro"'),
    ],
)
def test_one_mistake_one_line(good: str, bad: str, told: str) -> None:
    (mistake,) = mistakes(GOOD.replace(good, bad))
    assert told in mistake
    assert mistake.startswith("t.toml:")


def test_a_mistake_in_a_line_names_the_line() -> None:
    (mistake,) = mistakes(GOOD.replace("pause = -0.5", "paus = 1"))
    assert mistake.startswith('t.toml:6: scenario "x": item 2: ')
