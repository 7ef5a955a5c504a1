"""Finding phrases in phone posteriors."""

from collections.abc import Iterator
from dataclasses import replace

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from firmware_py.core.types import FloatArray
from firmware_py.hearing.alignment import WORST, worst_syllable
from firmware_py.hearing.closest import best_match
from firmware_py.hearing.lattice import (
    BEGUN,
    FLOOR,
    NEARLY,
    PAUSE,
    ROWS_PER_TOKEN,
    SLACK,
    STALE,
    Pronunciation,
    pronunciations_of,
)
from firmware_py.hearing.phrase_spotter import HOPELESS, Hit, PhraseSpotter
from firmware_py.hearing.spelling import BLANK, TOKENS, SpellingError

OUTPUTS = BLANK + 1
BU_XING = pronunciations_of("no", ["bu xing"], -0.5)
(NO,) = BU_XING


def said(
    tokens: tuple[int, ...], rows_each: int = 1, gap: int = 2, confidence: float = 0.95
) -> FloatArray:
    """Posteriors of someone who says these tokens, blanks between them."""
    rows = []
    for token in tokens:
        rows += [token] * rows_each + [BLANK] * gap
    rest = (1 - confidence) / (OUTPUTS - 1)
    posteriors = np.full((len(rows), OUTPUTS), rest, dtype=np.float32)
    posteriors[np.arange(len(rows)), rows] = confidence
    return np.log(posteriors)


def quiet(rows: int) -> FloatArray:
    return said((BLANK,) * rows, gap=0)


def test_what_is_said_is_found_where_it_is_said() -> None:
    sound = np.concatenate([quiet(7), said(NO.tokens), quiet(5)])
    assert PhraseSpotter(BU_XING).feed(sound) == [Hit("no", 7, 7 + 3 * 3, 0.0)]


def test_it_is_said_once_each_time() -> None:
    sound = np.concatenate([quiet(3), said(NO.tokens, rows_each=3), quiet(9)] * 3)
    rows = [hit.first_row for hit in PhraseSpotter(BU_XING).feed(sound)]
    assert len(rows) == 3
    # The path that begins latest within the first token's three rows is as good as any.
    assert rows == [5, 5 + 32, 5 + 64]


def test_a_phrase_is_expected_once_it_is_half_said_until_it_goes_on_no_more() -> None:
    (long,) = pronunciations_of("no", ["bu xing jiu shi bu xing"], -0.5)
    spotter = PhraseSpotter([long])
    expected = []
    for row in np.concatenate(
        [said(long.tokens[:9]), said((BLANK,) * STALE, gap=0, confidence=1 - 1e-5)]
    ):
        spotter.feed(row[np.newaxis])
        expected.append(spotter.expecting)
    first = 3 * (len(long.tokens) - NEARLY - 1)
    assert expected == [first <= row < 9 * 3 + STALE - 1 for row in range(len(expected))]


def test_a_phrase_has_begun_with_its_first_tokens_long_before_it_is_expected() -> None:
    (long,) = pronunciations_of("no", ["bu xing jiu shi bu xing"], -0.5)
    other = said((40, 41, 42))
    blank = said((BLANK,) * STALE, gap=0, confidence=1 - 1e-5)
    spotter, begun = PhraseSpotter([long]), []
    for row in np.concatenate([other, said(long.tokens), blank]):
        spotter.feed(row[np.newaxis])
        begun.append(spotter.begun)
    first, last = begun.index(True), len(begun) - 1 - begun[::-1].index(True)
    assert first == len(other) + 3 * (BEGUN - 1)
    assert last < len(begun) - 1
    assert all(begun[first : len(other) + 3 * (len(long.tokens) - 1)])


def test_what_is_foreseen_is_a_hit_that_ends_by_now_and_is_not_told_again() -> None:
    (long,) = pronunciations_of("no", ["bu xing jiu shi bu xing"], -0.5)
    sound = said(long.tokens)
    heard, coming = sound[: 9 * 3], sound[9 * 3 :]
    spotter = PhraseSpotter([long])
    assert spotter.feed(heard) == []
    assert spotter.foresee(coming) == [Hit("no", 0, 9 * 3 - 1, 0.0)]
    assert spotter.feed(coming) == []
    assert [hit.first_row for hit in spotter.feed(np.concatenate([quiet(9), sound]))] == [45]


def test_what_is_foreseen_in_vain_changes_nothing() -> None:
    (long,) = pronunciations_of("no", ["bu xing jiu shi bu xing"], -0.5)
    sound, spotter = said(long.tokens), PhraseSpotter([long])
    spotter.feed(sound[: 9 * 3])
    assert spotter.foresee(quiet(8)) == []
    assert spotter.feed(sound[9 * 3 :]) == PhraseSpotter([long]).feed(sound)


def test_words_around_it_do_not_matter() -> None:
    around = (3, 40, 9, 30)
    sound = said((*around, *NO.tokens, *around))
    assert [hit.phrase for hit in PhraseSpotter(BU_XING).feed(sound)] == ["no"]


def test_surely_blank_rows_are_no_work_and_change_nothing() -> None:
    spread = said(NO.tokens, gap=5, confidence=1 - 1e-7)
    unsure = said(NO.tokens, gap=5, confidence=0.99)
    (sure,) = PhraseSpotter(BU_XING).feed(spread)
    assert PhraseSpotter(BU_XING).feed(unsure) == [sure]


@pytest.mark.parametrize("place", range(4))
def test_another_token_in_it_makes_it_something_else(place: int) -> None:
    other = list(NO.tokens)
    other[place] = 50
    assert PhraseSpotter(BU_XING).feed(said(tuple(other))) == []


def test_doubled_tokens_need_a_blank_between_them() -> None:
    pronunciations = pronunciations_of("aa", ["a a"], -0.5)
    token = pronunciations[0].tokens[0]
    assert PhraseSpotter(pronunciations).feed(said((token,), rows_each=6, gap=3)) == []
    assert len(PhraseSpotter(pronunciations).feed(said((token, token), gap=2))) == 1


def test_a_phrase_torn_apart_by_a_long_silence_is_none() -> None:
    sound = np.concatenate([said(NO.tokens[:2]), quiet(200), said(NO.tokens[2:])])
    assert PhraseSpotter(BU_XING).feed(sound) == []


def test_one_garbled_row_costs_no_more_than_the_floor() -> None:
    sound = np.concatenate([quiet(2), said(NO.tokens, confidence=1 - 1e-12)])
    sound[5] = sound[5][::-1]  # a blank between two tokens becomes certainty of something else
    match = best_match(sound, BU_XING)
    assert match is not None
    assert match.score >= FLOOR / len(NO.tokens)


def test_the_threshold_decides() -> None:
    sound = said(NO.tokens)
    sound[0, NO.tokens[0]] -= 9.0
    match = best_match(sound, BU_XING)
    assert match is not None
    assert match.score == pytest.approx(-0.5, abs=0.01)
    strict = [Pronunciation("no", NO.tokens, match.score + 0.01)]
    loose = [Pronunciation("no", NO.tokens, match.score - 0.01)]
    assert PhraseSpotter(strict).feed(sound) == []
    assert [hit.score for hit in PhraseSpotter(loose).feed(sound)] == [pytest.approx(match.score)]


def test_of_several_ways_the_best_counts_once() -> None:
    pronunciations = pronunciations_of("who", ["shei|shui gao su nin|ni de"], -0.5)
    hits = PhraseSpotter(pronunciations).feed(said(pronunciations[0].tokens))
    assert [hit.phrase for hit in hits] == ["who"]


def test_no_phrases_no_hits() -> None:
    assert PhraseSpotter([]).feed(quiet(10)) == []
    assert best_match(quiet(0), BU_XING) is None


def test_a_wrong_spelling_is_refused() -> None:
    with pytest.raises(SpellingError):
        pronunciations_of("x", ["bu xnig"], -0.5)


def noise(seed: int, rows: int) -> FloatArray:
    logits = np.random.default_rng(seed).normal(0, 3, (rows, OUTPUTS))
    logits -= np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return logits.astype(np.float32)


LOOSE = [
    *pronunciations_of("no", ["bu xing (a)"], -3.0),
    *pronunciations_of("who", ["shei|shui gao"], -2.5),
    *pronunciations_of("a", ["a"], -0.1),
]


@given(st.integers(0, 10_000), st.lists(st.integers(0, 30), min_size=1, max_size=12))
def test_any_split_gives_the_same_hits(seed: int, sizes: list[int]) -> None:
    posteriors = noise(seed, sum(sizes))
    whole = PhraseSpotter(LOOSE).feed(posteriors)
    search = PhraseSpotter(LOOSE)
    parts = np.split(posteriors, np.cumsum(sizes)[:-1])
    assert [hit for part in parts for hit in search.feed(part)] == whole


@given(st.integers(0, 10_000))
def test_dropping_paths_loses_no_phrase_and_invents_none(seed: int) -> None:
    rng = np.random.default_rng(seed)
    posteriors = noise(seed, 120)
    posteriors[20:32] = said(NO.tokens) + rng.normal(0, 1.5, (12, OUTPUTS))
    match = best_match(posteriors, BU_XING)
    hits = PhraseSpotter(BU_XING).feed(posteriors)
    assert match is not None
    if hits:
        assert match.score >= NO.threshold
        assert all(hit.score <= match.score + 1e-5 for hit in hits)
    if match.score >= NO.threshold:  # at most 4 * 0.5 in all: less than any path is allowed
        assert hits


class Plain:
    """The search for one way, path by path and state by state."""

    def __init__(self, pronunciation: Pronunciation) -> None:
        self.pronunciation = pronunciation
        self.states = [BLANK] * (2 * len(pronunciation.tokens) - 1)
        self.states[::2] = pronunciation.tokens
        self.paths: dict[int, tuple[np.float32, int]] = {}

    def came(self, state: int, row: int) -> list[tuple[np.float32, int]]:
        """Score and first row of what may go on in this state."""
        if state == 0:
            return [(np.float32(0), row)]
        befores = [state, state - 1]
        if self.states[state] not in (BLANK, self.states[state - 2]):
            befores.append(state - 2)
        return [self.paths[before] for before in befores if before in self.paths]

    def lives(self, score: np.float32, rows: int, state: int) -> bool:
        """Whether a path may go on that has come to a state in so many rows."""
        so_far, threshold = state // 2 + 1, np.float32(self.pronunciation.threshold)
        least = max(
            threshold * so_far + np.float32(SLACK), threshold * len(self.pronunciation.tokens)
        )
        return bool(score >= least) and rows <= ROWS_PER_TOKEN * (so_far + PAUSE)

    def hits(self, costs: FloatArray) -> Iterator[Hit]:
        """What costs of tokens, shape [rows, 59], complete."""
        said_until = -1
        for row, cost in enumerate(costs):
            paths = {}
            for state, token in enumerate(self.states):
                if came := self.came(state, row):
                    score, first = max(came, key=lambda path: path[0])
                    if self.lives(score + cost[token], row - first, state):
                        paths[state] = score + cost[token], first
            self.paths = paths
            score, first = paths.get(len(self.states) - 1, (np.float32(0), -1))
            if first > said_until:
                tokens = self.pronunciation.tokens
                mean = float(score / np.float32(len(tokens)))
                worst = worst_syllable(costs[first : row + 1], tokens) / WORST
                final = min(mean, worst) if mean >= HOPELESS else mean
                if final >= self.pronunciation.threshold:
                    said_until = row
                    yield Hit(self.pronunciation.phrase, first, row, final)


@given(st.integers(0, 10_000), st.integers(-1, 2))
def test_all_ways_at_once_find_what_each_finds_path_by_path(seed: int, late: int) -> None:
    pronunciations = [
        replace(pronunciation, phrase=str(number)) for number, pronunciation in enumerate(LOOSE)
    ]
    pause = quiet(ROWS_PER_TOKEN * (1 + PAUSE) - 1 + late)  # as long as may be, or too long
    no = said(pronunciations[0].tokens, gap=0)
    spoken = [
        said(pronunciations[0].tokens),
        said(pronunciations[3].tokens, gap=0),
        no[:1],
        pause,
        no[1:],
    ]
    posteriors = np.concatenate([noise(seed, 40), *spoken])
    posteriors += noise(seed + 1, len(posteriors)) / 4
    costs = np.maximum(posteriors - posteriors.max(axis=1, keepdims=True), np.float32(FLOOR))
    found = PhraseSpotter(pronunciations).feed(posteriors)
    assert found
    for pronunciation in pronunciations:
        assert [hit for hit in found if hit.phrase == pronunciation.phrase] == list(
            Plain(pronunciation).hits(costs)
        )


@given(st.integers(0, 10_000))
def test_reset_equals_fresh(seed: int) -> None:
    search = PhraseSpotter(LOOSE)
    search.feed(noise(seed + 1, 50))
    search.reset()
    assert search.feed(noise(seed, 50)) == PhraseSpotter(LOOSE).feed(noise(seed, 50))


def test_every_token_can_be_found() -> None:
    for token in range(len(TOKENS)):
        assert PhraseSpotter([Pronunciation("t", (token,), -0.5)]).feed(said((token,)))
