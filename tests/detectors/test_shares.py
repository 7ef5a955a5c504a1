"""Who talks and who listens."""

import pytest

from firmware_py.detectors.shares import Shares
from tests.detectors.made_features import run, spoken


def told(agent: str, caller: str) -> list[tuple[float, float]]:
    """When the agent's share is too large, and how large; a letter is 100 ms."""
    detector = Shares(over_s=60, least_s=20)
    return [(seen.at, round(seen.value, 2)) for seen in run(detector, [spoken(agent, caller)])]


def test_a_monologue_is_told_once() -> None:
    assert told("#" * 500, "." * 500) == [(20.0, 1.0)]


@pytest.mark.parametrize("caller", ["." * 200 + "#" * 100, ("." * 40 + "#" * 10) * 6])
def test_a_conversation_is_not(caller: str) -> None:
    agent = "".join("." if letter == "#" else "#" for letter in caller)
    assert told(agent[:190], caller[:190]) == []
    assert told(("#" * 8 + "." * 4) * 30, ("." * 8 + "#" * 4) * 30) == []


def test_it_is_told_again_after_the_caller_had_a_say() -> None:
    agent = "#" * 300 + "." * 300 + "#" * 700
    caller = "." * 300 + "#" * 300 + "." * 700
    assert len(told(agent, caller)) == 2


def test_silence_is_no_talk() -> None:
    assert told("#" * 150 + "." * 600, "") == []
