"""Background speech for tests: posteriors drawn, not heard."""

import numpy as np

from firmware_py.hearing.spelling import BLANK, TOKENS, expand
from firmware_py.tuning.background import Background, steps_of


def background(*says: str, times: int = 30) -> Background:
    """Someone who says these spellings, clearly, again and again."""
    rows, ends = [], []
    for say in says * times:
        tokens = [TOKENS.index(token) for token in expand(say)[0]]
        row = np.full((3 * len(tokens) + 4, BLANK + 1), -12.0, dtype=np.float32)
        row[:, BLANK] = 0.0
        for place, token in enumerate(tokens):
            row[3 * place + 2, [BLANK, token]] = -12.0, 0.0
        rows.append(row)
        ends.append(len(row))
    return Background(steps_of(np.concatenate(rows)), np.cumsum(ends), "0" * 64)
