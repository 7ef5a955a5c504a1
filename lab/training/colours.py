"""The colour of the voices that a model learns from: a desk undoes what parts its agent from it."""

from typing import Final

import numpy as np

from firmware_py.core.types import FloatArray
from firmware_py.hearing.adaptation import LOUD
from firmware_py.hearing.voice_fit import colour
from lab.training.store import Store

_KINDS: Final = ("crowd", "sentence", "neural", "synthetic")
"""Whose colour it is, the best first: people at their own microphones are most like agents."""


def usual_colour(store: Store) -> FloatArray:
    """Give the mean colour of loud hops, an utterance like another, [40]."""
    kind = next(kind for kind in (*_KINDS, *store.kind) if kind in store.kind)
    means = []
    for number in np.flatnonzero(store.kind == kind):
        rows = store.rows[store.first[number] : store.last[number]].astype(np.float32)
        loudest = rows.max(axis=1)
        means.append(rows[loudest > loudest.max() - LOUD].mean(axis=0))
    return colour(np.mean(means, axis=0))
