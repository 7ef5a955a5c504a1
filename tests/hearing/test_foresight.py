"""What would be said if a pause lasted is asked on the side, and is what is said if it does."""

import hypothesis.strategies as st
import numpy as np
from hypothesis import given, settings

from firmware_py.core.types import AGENT, HOP, Block, Features, FloatArray, PcmArray
from firmware_py.hearing.feature_extractor import FeatureExtractor
from firmware_py.hearing.foresight import BEGINS, LASTS, QUIET, UNDER_PEAK_DB, Pauses
from firmware_py.hearing.mel import BANDS
from firmware_py.hearing.phone_model import HOPS_PER_STEP, load_phone_model


def mel_rows(hops: int, seed: int = 0) -> FloatArray:
    return np.random.default_rng(seed).normal(-6, 2, (hops, BANDS)).astype(np.float32)


def test_a_pause_begins_where_it_is_quiet_in_the_room_or_beside_what_was_said() -> None:
    loud, soft = -20.0, -20.0 - UNDER_PEAK_DB - 1
    levels = np.array([loud] * 5 + [soft] * 4 + [loud] + [-60.0] * 3, dtype=np.float32)
    sound = levels > -59
    told = Pauses().feed(levels, sound)
    assert told.tolist() == [False] * 7 + [True] * 2 + [False] * 3 + [True]


def test_a_pause_that_lasts_begins_no_more() -> None:
    levels = np.array([-20.0] + [-60.0] * (BEGINS + 9), dtype=np.float32)
    assert Pauses().feed(levels, levels > -50).sum() == BEGINS + 1 - QUIET


def test_before_anything_was_heard_no_pause_begins() -> None:
    silence = np.full(30, -60.0, dtype=np.float32)
    assert not Pauses().feed(silence, silence > 0).any()


def test_what_is_asked_on_the_side_is_what_would_come_and_is_not_remembered() -> None:
    model, whole = load_phone_model(), load_phone_model()
    before, after = mel_rows(HOPS_PER_STEP * 4 + 5), mel_rows(36, seed=1)
    model.feed(before)
    ask = model.branch()
    told = ask(after)
    assert np.array_equal(ask(after), told)
    rows = whole.feed(np.concatenate([before, after]))
    assert np.array_equal(rows[-len(told) :], told)
    later = model.feed(after)
    assert np.array_equal(later, told)
    assert np.array_equal(ask(after), told)


def words_and_pauses(seed: int) -> PcmArray:
    """Noise that comes and goes, int16 [samples, 2]."""
    rng = np.random.default_rng(seed)
    loud = np.repeat(rng.choice([20, 3000], 40), 9 * HOP)
    pcm = np.zeros((len(loud), 2), dtype=np.int16)
    pcm[:, AGENT] = rng.normal(0, 1, len(loud)) * loud
    return pcm


def foreseen(parts: list[PcmArray]) -> list[tuple[int, bytes]]:
    """Where and what, of sound in Blocks."""
    extractor = FeatureExtractor(load_phone_model())
    told: list[Features] = [extractor.feed(Block(seq, part)) for seq, part in enumerate(parts)]
    return [(one.row, one.ask().tobytes()) for features in told for one in features.foreseen]


@settings(max_examples=5)
@given(st.integers(0, 99), st.lists(st.integers(0, 40 * 9 * HOP), max_size=8))
def test_any_split_foresees_the_same(seed: int, cuts: list[int]) -> None:
    pcm = words_and_pauses(seed)
    assert foreseen(np.split(pcm, sorted(cuts))) == foreseen([pcm])


def test_it_is_foreseen_for_as_long_as_the_model_lags() -> None:
    told = foreseen([words_and_pauses(1)])
    assert told
    assert {len(rows) for _, rows in told} == {LASTS // 3 * 59 * 4}
