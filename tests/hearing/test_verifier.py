"""The verifier: what it looks at, and that it decides the same however the sound comes in."""

from dataclasses import replace
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from firmware_py.core.errors import DeskcueError
from firmware_py.core.types import FloatArray
from firmware_py.hearing.alignment import Match
from firmware_py.hearing.closest import best_match
from firmware_py.hearing.lattice import pronunciations_of
from firmware_py.hearing.model_file import find_model, read_sidecar
from firmware_py.hearing.phrase_spotter import PhraseSpotter
from firmware_py.hearing.spelling import BLANK
from firmware_py.hearing.verifier import (
    ALIKE,
    FEATURES,
    Verifier,
    bundled_verifier,
    describe,
    load_verifier,
    to_json,
)

OUTPUTS = BLANK + 1
(WHO,) = pronunciations_of("who", ["shei gao su ni de"], -2.0)


def said(tokens: tuple[int, ...], confidence: float = 0.97, gap: int = 1) -> FloatArray:
    """Log posteriors of someone who says these tokens, a token two rows long."""
    rows = [row for token in tokens for row in (token, token, *([BLANK] * gap))]
    posteriors = np.full((len(rows), OUTPUTS), (1 - confidence) / (OUTPUTS - 1), dtype=np.float32)
    posteriors[np.arange(len(rows)), rows] = confidence
    return np.log(posteriors)


def costs_of(posteriors: FloatArray) -> FloatArray:
    costs: FloatArray = np.maximum(posteriors - posteriors.max(axis=1, keepdims=True), -10)
    return costs


def features_of(posteriors: FloatArray) -> dict[str, float]:
    last = int(np.flatnonzero(posteriors.argmax(axis=1) != BLANK)[-1])
    (row,) = describe(costs_of(posteriors), [Match(WHO.tokens, 0, last)])
    return dict(zip(FEATURES, row.tolist(), strict=True))


def noise(seed: int, rows: int) -> FloatArray:
    logits = np.random.default_rng(seed).normal(0, 3, (rows, OUTPUTS))
    logits -= np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return logits.astype(np.float32)


def test_a_clear_saying_costs_nothing_and_is_sure() -> None:
    seen = features_of(said(WHO.tokens))
    assert seen["tokens"] == len(WHO.tokens)
    assert seen["syllables"] == 5
    assert seen["sum"] == pytest.approx(0)
    assert seen["peak"] == pytest.approx(np.log(0.97), abs=0.01)
    assert seen["alike"] == seen["other"] == 0


def test_a_wrong_syllable_is_the_worst_of_them() -> None:
    other = list(WHO.tokens)
    other[2] = next(token for token in range(BLANK) if not ALIKE[token, WHO.tokens[2]])
    seen = features_of(said(tuple(other)))
    assert seen["worst"] < -3
    assert seen["second_log"] == pytest.approx(0)
    assert (seen["alike"], seen["other"]) == (0, 1)


def test_what_is_often_taken_for_it_counts_apart() -> None:
    place = WHO.tokens[2]
    other = next(token for token in range(BLANK) if ALIKE[token, place] and token != place)
    seen = features_of(said((*WHO.tokens[:2], other, *WHO.tokens[3:])))
    assert (seen["alike"], seen["other"]) == (1, 0)


def test_an_unsure_model_has_more_entropy() -> None:
    assert features_of(said(WHO.tokens, 0.5))["entropy"] > features_of(said(WHO.tokens))["entropy"]


def test_slow_speech_has_longer_gaps() -> None:
    slow, fast = features_of(said(WHO.tokens, gap=4)), features_of(said(WHO.tokens, gap=1))
    assert slow["pace"] > fast["pace"]
    assert slow["gap_short"] > fast["gap_long"]


def test_a_match_is_described_the_same_alone_and_among_others() -> None:
    costs = costs_of(noise(3, 60))
    matches = [Match(WHO.tokens, first, first + 25) for first in range(0, 30, 7)]
    together = describe(costs, matches)
    alone = np.concatenate([describe(costs, [match]) for match in matches])
    np.testing.assert_array_equal(together, alone)


def test_what_is_said_is_told_from_noise() -> None:
    verifier = bundled_verifier()
    clear = best_match(np.concatenate([said(WHO.tokens), noise(1, 5)]), [WHO], verifier)
    lost = best_match(noise(2, 80), [WHO], verifier)
    assert clear is not None
    assert lost is not None
    assert clear.score > lost.score + 1


@settings(deadline=None)
@given(st.integers(0, 10_000), st.lists(st.integers(0, 30), min_size=1, max_size=12))
def test_any_split_gives_the_same_hits(seed: int, sizes: list[int]) -> None:
    posteriors = noise(seed, sum(sizes))
    middle = len(posteriors) // 2
    words = said(WHO.tokens, 0.7)[: len(posteriors) - middle]
    posteriors[middle : middle + len(words)] = words
    loose = [replace(WHO, threshold=-9.0), *pronunciations_of("a", ["a", "shei gao"], -9.0)]
    whole = PhraseSpotter(loose, bundled_verifier()).feed(posteriors)
    spotter = PhraseSpotter(loose, bundled_verifier())
    parts = np.split(posteriors, np.cumsum(sizes)[:-1])
    assert [hit for part in parts for hit in spotter.feed(part)] == whole


def test_it_belongs_to_the_packaged_model() -> None:
    assert bundled_verifier().model_sha256 == read_sidecar(find_model()).sha256


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "verifier.json"
    path.write_text(to_json(bundled_verifier()), encoding="utf-8")
    again = load_verifier(path)
    rows = describe(costs_of(noise(4, 40)), [Match(WHO.tokens, 2, 30)])
    np.testing.assert_array_equal(again.ratios(rows), bundled_verifier().ratios(rows))


@pytest.mark.parametrize("text", ["", "{}", '{"features": []}'])
def test_a_broken_one_is_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "verifier.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DeskcueError) as caught:
        load_verifier(path)
    assert "\n" not in str(caught.value)


def test_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "verifier.json"
    path.write_text(to_json(bundled_verifier()).replace('"pace"', '"tempo"'), encoding="utf-8")
    with pytest.raises(DeskcueError, match="another version"):
        load_verifier(path)


def test_a_score_is_never_over_0() -> None:
    sure = replace(bundled_verifier(), bias=1e6)
    assert isinstance(sure, Verifier)
    assert sure.scores(costs_of(said(WHO.tokens)), [Match(WHO.tokens, 0, 10)]) == [0.0]
