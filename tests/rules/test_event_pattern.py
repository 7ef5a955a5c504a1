"""What a rule waits for, as it is written."""

import pytest

from firmware_py.rules.event_pattern import EventPattern
from tests.rules.said import said


@pytest.mark.parametrize(
    ("text", "name", "value", "matches"),
    [
        ("phrase.F1", "phrase.F1", 0, True),
        ("phrase.F1", "phrase.F1.half", 0, True),
        ("phrase.F1", "phrase.F10", 0, False),
        ("phrase.F1.half", "phrase.F1", 0, False),
        ("fault", "fault.microphone", 0, True),
        ("eating | shouting", "shouting", 0, True),
        ("turn.agent<1.2", "turn.agent", 1.1, True),
        ("turn.agent<1.2", "turn.agent", 1.2, False),
        ("shouting > -6", "shouting", -5, True),
        ("eating|shouting>10", "shouting", 9, False),
        ("eating|shouting>10", "eating", 0, True),
    ],
)
def test_matching(text: str, name: str, value: float, matches: bool) -> None:
    assert EventPattern.parse(text).matches(said(name, 1.0, value=value)) is matches


@pytest.mark.parametrize("text", ["phrase.F1", "a|b>1.5", "a.b-c<-2|d"])
def test_it_is_shown_as_it_is_written(text: str) -> None:
    assert str(EventPattern.parse(text)) == text


@pytest.mark.parametrize("text", ["", "a||b", "a>", ">1", "a b", "a..b", "a>=2", "phrase.F1."])
def test_what_reads_otherwise_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write a name"):
        EventPattern.parse(text)
