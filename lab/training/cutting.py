"""Where the syllables of a sentence begin, so that it can be said in another order.

Few sentences are soon known by heart, order of syllables included; their pieces, joined anew, keep
the way that people run syllables into each other and take the order away. An earlier model hears
where the pieces are (forced alignment by Viterbi, over the states of CTC).
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from firmware_py.core.types import HOPS_PER_POSTERIOR
from firmware_py.hearing.alignment import skips_of, states_of
from firmware_py.hearing.mel import FLOOR
from firmware_py.hearing.phone_model import PhoneModel
from firmware_py.hearing.spelling import BLANK, INITIALS
from lab.training.writing import whole

if TYPE_CHECKING:
    from lab.training.store import Store

CUTS: Final = "cuts.npy"
"""Beside the store: hops at which the syllables of each sentence begin, then its end, then -1."""
FLUENT: Final = ("sentence", "crowd", "neural")
"""Kinds of utterances that are cut."""
VOICED_BANDS: Final = 20
"""The lowest mel bands, where vowels are loud and consonants are not."""
NEAR_LOWEST: Final = 0.9
"""A syllable begins where those bands first come this near to their lowest, in nepers of power."""
SILENCE: Final = 12
"""Rows of posteriors over silence after a sentence, so that the model can finish."""


def peaks(posteriors: npt.NDArray[np.float32], tokens: tuple[int, ...]) -> npt.NDArray[np.intp]:
    """Find the row in which each token is likeliest, on the best path through all rows.

    Args:
        posteriors: log, shape [rows, 59].
        tokens: everything that is said.

    Returns:
        A row for each token, in order; an empty array if the rows are too few.
    """
    states = np.concatenate(([BLANK], states_of(tokens), [BLANK]))
    skips = np.concatenate(([-np.inf], skips_of(tokens), [-np.inf]))
    skips[1] = -np.inf
    wanted = posteriors[:, states]
    score = np.full(len(states), -np.inf)
    score[:2] = wanted[0, :2]
    came = np.zeros(wanted.shape, dtype=np.intp)
    for row in range(1, len(wanted)):
        candidates = np.full((3, len(states)), -np.inf)
        candidates[0] = score
        candidates[1, 1:] = score[:-1]
        candidates[2, 2:] = score[:-2] + skips[2:]
        came[row] = candidates.argmax(axis=0)
        score = candidates[came[row], np.arange(len(states))] + wanted[row]
    state = len(states) - 1 if score[-1] >= score[-2] else len(states) - 2
    if score[state] == -np.inf:
        return np.empty(0, dtype=np.intp)
    best = np.full(len(tokens), -np.inf)
    where = np.zeros(len(tokens), dtype=np.intp)
    for row in range(len(wanted) - 1, -1, -1):
        token = (state - 1) // 2
        if state % 2 == 1 and wanted[row, state] > best[token]:
            best[token], where[token] = wanted[row, state], row
        state -= came[row, state]
    return where


def first_tokens(tokens: tuple[int, ...]) -> list[int]:
    """Give the places in a row of tokens at which syllables begin."""
    initials = len(INITIALS)
    return [
        place
        for place, token in enumerate(tokens)
        if place == 0 or tokens[place - 1] >= initials or token < initials
    ]


def syllables(
    mel: npt.NDArray[np.float32], tokens: tuple[int, ...], phone_model: PhoneModel
) -> npt.NDArray[np.int32]:
    """Find the hops at which syllables begin, and the end; empty if they cannot be found.

    Args:
        mel: log-mel rows of one sentence, shape [hops, 40].
        tokens: what it says.
        phone_model: an earlier model.
    """
    phone_model.reset()
    silence = np.full((SILENCE * HOPS_PER_POSTERIOR, mel.shape[1]), np.log(FLOOR), dtype=np.float32)
    found = HOPS_PER_POSTERIOR * peaks(phone_model.feed(np.concatenate((mel, silence))), tokens)
    if not len(found):
        return np.empty(0, dtype=np.int32)
    begins = first_tokens(tokens)
    voiced = mel[:, :VOICED_BANDS].mean(axis=1)
    cuts = [0]
    for place in begins[1:]:
        first = min(int(found[place - 1]) + 1, len(mel) - 1)
        stretch = voiced[first : max(first + 1, int(found[place]))]
        cuts.append(first + int(np.argmax(stretch < stretch.min() + NEAR_LOWEST)))
    return np.array([*cuts, len(mel)], dtype=np.int32)


def cut(folder: Path, store: "Store", phone_model: PhoneModel, tick: Callable[[], None]) -> None:
    """Cut every sentence of the store; who says the same sentence says it at the same pace."""
    sentences = np.flatnonzero(np.isin(store.kind, FLUENT))
    longest = max((len(store.tokens[number]) for number in sentences), default=0)
    table = np.full((len(store.tokens), longest + 1), -1, dtype=np.int32)
    cuts = np.empty(0, dtype=np.int32)
    for number in sentences:
        if store.voice[number].endswith("*0"):
            rows = store.rows[store.first[number] : store.last[number]].astype(np.float32)
            cuts = syllables(rows, store.tokens[number], phone_model)
        table[number, : len(cuts)] = cuts
        tick()
    with whole(folder / CUTS) as out:
        np.save(out, table)
