"""A caller who is hard to hear, or too loud."""

import pytest

from firmware_py.core.types import Observation
from firmware_py.detectors.loudness import Loudness
from tests.detectors.made_features import hear, noise, run, to_pcm, voice


def heard(caller_db: float) -> list[Observation]:
    return run(Loudness(), hear(to_pcm(noise(4, -75), voice(4, caller_db))))


@pytest.mark.parametrize("db", [-32, -25, -18])
def test_a_usual_caller_says_nothing(db: float) -> None:
    assert not heard(db)


@pytest.mark.parametrize(("db", "name"), [(-50, "caller.quiet"), (-6, "caller.loud")])
def test_an_unusual_caller(db: float, name: str) -> None:
    seen = heard(db)
    assert {o.name for o in seen} == {name}
    assert seen[0].value == pytest.approx(db, abs=8)
