"""Whether a recording says what its label says, judged by an earlier model.

A crowd misreads, stops early and breaks off recordings; words of a dictionary are cut too tightly.
Where a model that hears most people well hears something else altogether, the label teaches only
noise.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from firmware_py.core.types import HOPS_PER_POSTERIOR, FloatArray
from firmware_py.hearing.mel import FLOOR
from firmware_py.hearing.phone_model import PhoneModel
from firmware_py.hearing.spelling import BLANK
from lab.training.cutting import SILENCE
from lab.training.writing import whole

if TYPE_CHECKING:
    from lab.training.store import Store

FIT: Final = "fit.npy"
"""Beside the store: which utterances are worth learning from."""
HIGHEST_PER: Final = {"sentence": 0.6, "crowd": 0.6, "neural": 0.6, "word": 0.7}
"""Highest phone error rate of a label to trust, by kind; other kinds are not checked."""


def greedy(posteriors: FloatArray) -> list[int]:
    """Decode the likeliest token of every row: repeats are one, blanks are none."""
    best = posteriors.argmax(axis=1)
    new = np.ones(len(best), dtype=bool)
    new[1:] = best[1:] != best[:-1]
    tokens: list[int] = best[new & (best != BLANK)].tolist()
    return tokens


def edit_distance(one: Sequence[int], other: Sequence[int]) -> int:
    """Count the tokens to insert, delete or swap to get from one to the other."""
    ramp = np.arange(len(other) + 1)
    row, wanted = ramp, np.array(other)
    for token in one:
        swapped = row[:-1] + (wanted != token)
        row = np.concatenate(([row[0] + 1], np.minimum(swapped, row[1:] + 1)))
        row = np.minimum.accumulate(row - ramp) + ramp
    return int(row[-1])


def phone_errors(mel: FloatArray, tokens: Sequence[int], phone_model: PhoneModel) -> int:
    """Count the phones of an utterance that a model hears otherwise.

    Args:
        mel: log-mel rows, shape [hops, 40].
        tokens: what the label says.
        phone_model: the model.
    """
    phone_model.reset()
    silence = np.full((SILENCE * HOPS_PER_POSTERIOR, mel.shape[1]), np.log(FLOOR), dtype=np.float32)
    return edit_distance(greedy(phone_model.feed(np.concatenate((mel, silence)))), tokens)


def error_rates(
    store: "Store", phone_model: PhoneModel, tick: Callable[[], None]
) -> npt.NDArray[np.float32]:
    """Give the phone error rate of every utterance; 0 where the kind is not checked.

    Copies of a recording (made-up voices, codecs) come right after it and share its rate.
    """
    found = np.zeros(len(store.tokens), dtype=np.float32)
    rate = 0.0
    for number in np.flatnonzero(np.isin(store.kind, list(HIGHEST_PER))):
        if store.voice[number].endswith("*0"):
            rows = store.rows[store.first[number] : store.last[number]].astype(np.float32)
            tokens = store.tokens[number]
            rate = phone_errors(rows, tokens, phone_model) / len(tokens)
        found[number] = rate
        tick()
    return found


def check_labels(
    folder: Path, store: "Store", phone_model: PhoneModel, tick: Callable[[], None]
) -> npt.NDArray[np.bool_]:
    """Note which utterances are fit to learn from, and return it."""
    highest = np.array([HIGHEST_PER.get(str(kind), 1.0) for kind in store.kind])
    fit = error_rates(store, phone_model, tick) <= highest
    with whole(folder / FIT) as out:
        np.save(out, fit)
    return fit


def doubtful_speakers(store: "Store", fit: npt.NDArray[np.bool_]) -> list[str]:
    """Name whose labels are doubtful for the most part: another channel, or another text."""
    people = np.array([voice.split("*")[0] for voice in store.voice])
    checked = np.isin(store.kind, list(HIGHEST_PER))
    return [
        str(one)
        for one in np.unique(people[checked])
        if fit[checked & (people == one)].mean() < 0.5
    ]
