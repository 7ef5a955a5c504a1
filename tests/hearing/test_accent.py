"""Accents: what a region does not tell apart counts as one, and nothing else."""

import numpy as np
import pytest

from firmware_py.hearing.accent import NONE, PAIRS, accent_of, in_accent
from firmware_py.hearing.closest import best_match
from firmware_py.hearing.lattice import pronunciations_of
from firmware_py.hearing.phrase_spotter import PhraseSpotter
from firmware_py.hearing.spelling import BLANK, TOKENS, expand
from firmware_py.hearing.verifier import bundled_verifier

PHRASE = pronunciations_of("F5", ["bu guan wo de shi"], -1.0)


def clear(say: str) -> np.ndarray:
    """Log posteriors of somebody who says it, each token plainly, shape [rows, 59]."""
    tokens = [TOKENS.index(token) for token in expand(say)[0]]
    rows = np.full((3 * len(tokens) + 4, BLANK + 1), -12.0, dtype=np.float32)
    rows[:, BLANK] = 0.0
    for place, token in enumerate(tokens):
        rows[3 * place + 2, [BLANK, token]] = -12.0, 0.0
    return rows


@pytest.mark.parametrize(
    ("said", "pairs", "heard"),
    [
        ("bu guan wo de shi", (), True),
        ("bu guan wo de shi", PAIRS, True),
        ("bu guan wo de si", (), False),
        ("bu guan wo de si", ("sh/s",), True),
        ("bu guan wo de si", ("n/l", "in/ing"), False),
        ("bu guan wo de ti", PAIRS, False),
    ],
)
def test_what_is_named_counts_as_one(said: str, pairs: tuple[str, ...], heard: bool) -> None:
    accent = accent_of(pairs)
    hits = PhraseSpotter(PHRASE, bundled_verifier(), accent).feed(clear(said))
    assert [hit.phrase for hit in hits] == ["F5"] * heard
    match = best_match(clear(said), PHRASE, bundled_verifier(), accent)
    assert (match is not None and match.score >= -1.0) == heard


def test_costs_without_an_accent_and_those_given_stay_as_they_are() -> None:
    costs = np.random.default_rng(1).uniform(-7, 0, (5, BLANK + 1)).astype(np.float32)
    before = costs.copy()
    assert in_accent(costs, NONE) is costs
    merged = in_accent(costs, accent_of(["n/l"]))
    assert np.array_equal(costs, before)
    both = [TOKENS.index("n"), TOKENS.index("l")]
    assert (merged[:, both] == costs[:, both].max(axis=1, keepdims=True)).all()
    others = np.delete(np.arange(BLANK + 1), both)
    assert np.array_equal(merged[:, others], costs[:, others])


def test_what_is_no_pair_is_named() -> None:
    with pytest.raises(ValueError, match='"accent" has "z/zh"; there are zh/z, ch/c'):
        accent_of(["n/l", "z/zh"])
