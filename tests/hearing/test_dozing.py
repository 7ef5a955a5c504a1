"""The phone model sleeps through silence, and nobody hears the difference."""

import hypothesis.strategies as st
import numpy as np
from hypothesis import given

from firmware_py.core.types import FloatArray
from firmware_py.hearing.dozing import (
    HEARS_FIRST,
    OVER_FLOOR,
    SETTLING,
    STAYS_AWAKE,
    Dozing,
    heard,
    silence,
)
from firmware_py.hearing.foresight import Ask
from firmware_py.hearing.levels import SILENCE_DB
from firmware_py.hearing.mel import BANDS
from firmware_py.hearing.phone_model import HOPS_PER_STEP, OUTPUTS
from firmware_py.hearing.spelling import BLANK


class CountingModel:
    """Says how many steps it has heard since it was reset."""

    def __init__(self) -> None:
        self.asked = 0
        self.steps = 0

    def feed(self, mel: FloatArray) -> FloatArray:
        """Give four rows for a step."""
        assert len(mel) % HOPS_PER_STEP == 0
        self.asked += 1
        self.steps += len(mel) // HOPS_PER_STEP
        return np.full((4, OUTPUTS), float(self.steps), dtype=np.float32)

    def branch(self) -> Ask:
        """Foresee nothing."""
        return lambda _mel: np.empty((0, OUTPUTS), dtype=np.float32)

    def reset(self) -> None:
        """Count from 0."""
        self.steps = 0


def fed(dozing: Dozing, *steps: bool) -> FloatArray:
    """Feed whole steps with and without sound; give a number for each."""
    mel = np.zeros((len(steps) * HOPS_PER_STEP, BANDS), dtype=np.float32)
    sound = np.repeat(np.array(steps, dtype=np.bool_), HOPS_PER_STEP)
    rows, _ = dozing.feed(mel, sound, ~sound)
    numbers: FloatArray = rows[::4, 0]
    return numbers


def asleep(model: CountingModel) -> Dozing:
    dozing = Dozing(model)
    fed(dozing, *[False] * (SETTLING + HEARS_FIRST + 5))
    return dozing


def test_silence_is_blank_and_costs_nothing() -> None:
    model = CountingModel()
    dozing = asleep(model)
    assert model.asked == SETTLING
    assert set(fed(dozing, *[False] * 20)) == {silence()[0, 0]}
    assert model.asked == SETTLING
    assert silence().argmax() == BLANK


def test_it_goes_on_with_what_it_remembers_and_the_moment_before_a_sound() -> None:
    model = CountingModel()
    dozing = asleep(model)
    numbers = fed(dozing, True, *[False] * (STAYS_AWAKE + 3))
    awake = numbers > 0
    assert awake.tolist() == [True] * (STAYS_AWAKE + 1) + [False] * 3
    assert numbers[0] == SETTLING + HEARS_FIRST + 1


def test_a_sound_keeps_it_awake() -> None:
    dozing = asleep(CountingModel())
    assert (fed(dozing, *[True, *[False] * STAYS_AWAKE] * 4) > 0).all()


def test_it_is_awake_until_the_floor_is_known() -> None:
    assert (fed(Dozing(CountingModel()), *[False] * SETTLING) > 0).all()


def test_what_is_over_the_floor_wakes_it_and_digital_silence_does_not() -> None:
    floor = np.full(3, -60.0, dtype=np.float32)
    level = np.array([-60 + OVER_FLOOR + 0.1, -60, SILENCE_DB], dtype=np.float32)
    assert heard(level, floor).tolist() == [True, False, False]


@given(st.lists(st.booleans(), min_size=1, max_size=60), st.lists(st.integers(0, 40), max_size=30))
def test_any_split_gives_the_same_rows(steps: list[bool], sizes: list[int]) -> None:
    sound = np.repeat(np.array(steps, dtype=np.bool_), HOPS_PER_STEP)
    mel = np.zeros((len(sound), BANDS), dtype=np.float32)
    whole, _ = Dozing(CountingModel()).feed(mel, sound, ~sound)
    dozing = Dozing(CountingModel())
    cuts = np.minimum(np.cumsum([0, *sizes]), len(sound)).tolist()
    parts = [
        dozing.feed(mel[first:last], sound[first:last], ~sound[first:last])[0]
        for first, last in zip(cuts, [*cuts[1:], len(sound)], strict=True)
    ]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_reset_equals_fresh() -> None:
    dozing = asleep(CountingModel())
    dozing.reset()
    fresh = Dozing(CountingModel())
    steps = [False, True, *[False] * 40, True]
    np.testing.assert_array_equal(fed(dozing, *steps), fed(fresh, *steps))


def test_of_a_short_silence_it_misses_nothing() -> None:
    dozing = Dozing(CountingModel())
    steps = [True, *[False] * (SETTLING + STAYS_AWAKE + HEARS_FIRST - 8), True]
    assert fed(dozing, *steps)[-1] == len(steps)
