"""Calls are drawn with a letter per 100 ms: ``#`` loud, ``=`` soft, ``x`` loud without pitch."""

import pytest

from firmware_py.core.types import Observation
from firmware_py.detectors.interruption import Interruption
from tests.detectors.made_features import names, run, spoken


def said(agent: str, caller: str, detector: Interruption | None = None) -> list[Observation]:
    length = max(len(agent), len(caller)) + 20
    return run(
        detector or Interruption(), [spoken(agent.ljust(length, "."), caller.ljust(length, "."))]
    )


def test_agent_starts_inside_the_callers_turn_and_goes_on() -> None:
    (seen,) = said("." * 25 + "#" * 20, "." * 5 + "#" * 45)
    assert seen.name == "interruption.agent"
    assert seen.start == pytest.approx(2.5, abs=0.05)
    assert seen.at < 3.7
    assert seen.value >= 1.0


def test_the_caller_interrupting_is_told_apart() -> None:
    assert names(said("." * 5 + "#" * 45, "." * 25 + "#" * 20)) == ["interruption.caller"]


@pytest.mark.parametrize("length", [3, 5, 8])
@pytest.mark.parametrize("letter", ["#", "="])
def test_a_short_remark_is_a_backchannel(length: int, letter: str) -> None:
    assert names(said("." * 25 + letter * length, "#" * 60)) == ["backchannel"]


def test_the_usual_change_of_speaker_is_nothing() -> None:
    assert said("." * 26 + "#" * 30, "#" * 30) == []


def test_taking_turns_is_nothing() -> None:
    assert said("." * 33 + "#" * 30, "#" * 30 + "." * 40 + "#" * 10) == []


def test_an_onset_after_less_than_a_second_of_the_other_is_nothing() -> None:
    assert said("." * 12 + "#" * 30, "." * 5 + "#" * 30) == []


def test_both_starting_together_is_a_collision() -> None:
    assert names(said("." * 12 + "#" * 30, "." * 10 + "#" * 30)) == ["collision"]


def test_a_caller_who_yields_makes_it_serious() -> None:
    seen = said("." * 20 + "#" * 40, "#" * 32)
    assert names(seen) == ["interruption.agent", "interruption.serious"]


def test_a_caller_who_holds_the_floor_does_not() -> None:
    assert names(said("." * 20 + "#" * 12, "#" * 60)) == ["interruption.agent"]


def test_the_third_in_two_minutes_is_serious() -> None:
    agent = ("." * 20 + "#" * 12 + "." * 28) * 3
    assert names(said(agent, ("#" * 55 + "." * 5) * 3)) == [
        "interruption.agent",
        "interruption.agent",
        "interruption.agent",
        "interruption.serious",
    ]


def test_the_third_in_a_longer_time_is_not() -> None:
    agent = ("." * 20 + "#" * 12 + "." * 968) * 3
    seen = said(agent, ("#" * 55 + "." * 945) * 3)
    assert names(seen) == ["interruption.agent"] * 3


def test_a_pause_for_breath_does_not_end_the_callers_turn() -> None:
    caller = "#" * 22 + "..." + "#" * 30
    assert names(said("." * 24 + "#" * 20, caller)) == ["interruption.agent"]


def test_bites_keys_and_coughs_over_the_caller_are_nothing() -> None:
    assert said("." * 25 + "xx...." * 8, "#" * 80) == []


def test_words_after_bites_begin_where_the_voice_does() -> None:
    (seen,) = said("." * 25 + "xx.." * 6 + "#" * 20, "#" * 80)
    assert seen.name == "interruption.agent"
    assert seen.start == pytest.approx(4.9, abs=0.25)


def test_bites_with_a_stray_vowel_do_not_interrupt() -> None:
    assert "interruption.agent" not in names(said("." * 25 + "xx#xx.." * 6, "#" * 80))
