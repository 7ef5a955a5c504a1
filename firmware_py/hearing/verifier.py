"""The last decision about a match: how likely is it that the phrase was said?

The search knows how far a path is from the best path. That says little where the phone model is
lost, for there every path is near the best, and it says the same of one syllable that is plainly
another as of a voice that is a little off everywhere. So a match that the search lets through is
looked at as a whole: what each syllable costs, how sure the model was in absolute terms (log
posterior and entropy where each token peaks), which token it heard instead, whether the syllables
follow each other at a pace at which people speak. A small network (two layers; Rosenblatt, 1962;
Rumelhart et al., 1986) turns that into a log likelihood ratio, calibrated by Platt's method (1999).
It learnt from hits and false alarms of voices that the phone model knows
(``lab.evaluation.verifying``), so that one threshold means the same for every phrase.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from firmware_py.core.errors import DeskcueError
from firmware_py.core.types import FloatArray
from firmware_py.hearing.alignment import Match, best_paths, syllable_starts
from firmware_py.hearing.spelling import BLANK, TOKENS

FEATURES: Final = tuple(
    "tokens syllables sum mean sum_log worst worst_log second_log third_log first last token_worst"
    " peak peak_worst peak_syllable peak_sum entropy entropy_worst pace pace_off gap_long gap_short"
    " margin margin_worst alike other".split()
)
"""What is looked at; ``describe`` tells what each is."""
USUAL_PACE: Final = 6.0
"""Rows (30 ms) that a syllable lasts in fluent speech."""
FAR: Final = 30
"""No gap between two syllables counts as longer, in rows."""
BUNDLED: Final = Path(__file__).with_name("verifier.json")

_ALIKE_PAIRS: Final = (
    "zh/z ch/c sh/s n/l f/h r/l b/p d/t g/k j/q zh/ch z/c zh/j ch/q sh/x"
    " an/ang en/eng in/ing ian/iang uan/uang uen/ong ing/eng in/en uo/o ou/uo iou/ou e/uo"
    " ai/ei uai/ai uei/ei ao/iao ir/iz i/v ie/ve ian/van ia/a ua/a"
)


def _alike() -> npt.NDArray[np.bool_]:
    table = np.eye(len(TOKENS) + 1, dtype=np.bool_)
    for pair in _ALIKE_PAIRS.split():
        one, other = (TOKENS.index(token) for token in pair.split("/"))
        table[one, other] = table[other, one] = True
    return table


ALIKE: Final = _alike()
"""Tokens that are often taken for each other, and each for itself, shape [59, 59]."""


def describe(costs: FloatArray, matches: Sequence[Match]) -> FloatArray:
    """Describe matches by numbers.

    Args:
        costs: log ratio of every token to the likeliest of its row, at most 0, shape [rows, 59].
        matches: stretches of these rows and the tokens that are said there.

    Returns:
        A row of ``FEATURES`` for each match. Costs are natural logarithms, at most 0; ``pace`` is
        the log of rows per syllable, the gaps the log of rows between syllables.
    """
    shares = np.exp(costs)
    total = np.log(shares.sum(axis=1))
    # Entropy of softmax: log sum exp(c) - sum p c.
    entropy = np.asarray(total - (shares * costs).sum(axis=1) / np.exp(total), np.float32)
    paths = best_paths(costs, matches)
    rows = [
        _described(costs[match.first : match.last + 1], path, match.tokens)
        + _surely(costs, total, entropy, match, path)
        for match, path in zip(matches, paths, strict=True)
    ]
    return np.array(rows, dtype=np.float32).reshape(len(matches), len(FEATURES))


def _described(
    costs: FloatArray, path: npt.NDArray[np.intp], tokens: Sequence[int]
) -> tuple[float, ...]:
    """Describe what the best path costs."""
    wanted = np.where(path % 2, BLANK, np.asarray(tokens)[path // 2])
    own = costs[np.arange(len(path)), wanted]
    shared = np.bincount(path // 2, own, len(tokens))
    starts = syllable_starts(tokens)
    syllables = np.add.reduceat(shared, starts)
    worst, second, third = (*np.sort(syllables), 0.0, 0.0)[:3]
    whole = float(shared.sum())
    return (
        float(len(tokens)),
        float(len(starts)),
        whole,
        whole / len(tokens),
        -np.log1p(-whole),
        max(worst, -12.0),
        -np.log1p(-worst),
        -np.log1p(-second),
        -np.log1p(-third),
        max(syllables[0], -12.0),
        max(syllables[-1], -12.0),
        float(shared.min()),
    )


def _surely(
    costs: FloatArray,
    total: FloatArray,
    entropy: FloatArray,
    match: Match,
    path: npt.NDArray[np.intp],
) -> tuple[float, ...]:
    """Describe how sure the model was of each token where it peaks, and the pace."""
    tokens = np.asarray(match.tokens)
    said = np.flatnonzero(path % 2 == 0)
    which = path[said] // 2
    posterior = costs[match.first + said, tokens[which]] - total[match.first + said]
    order = np.lexsort((-posterior, which))
    firsts = np.flatnonzero(np.diff(which[order], prepend=-1))
    peak, at = posterior[order][firsts], match.first + said[order][firsts]
    heard = costs[at].copy()
    heard[:, BLANK] = -np.inf
    own = heard[np.arange(len(at)), tokens]
    heard[np.arange(len(at)), tokens] = -np.inf
    margin = np.clip(own - heard.max(axis=1), -10.0, 10.0)
    instead = np.where(margin >= 0, tokens, heard.argmax(axis=1))
    alike = ALIKE[tokens, instead]
    starts = syllable_starts(match.tokens)
    sizes = np.diff([*starts, len(tokens)])
    gaps = [min(after - before, FAR) for before, after in pairwise(at[starts].tolist())]
    pace = float(np.log((match.last - match.first + 1) / len(starts)))
    return (
        float(peak.mean()),
        float(peak.min()),
        float((np.add.reduceat(peak, starts) / sizes).min()),
        float(np.maximum(peak, -8.0).sum()),
        float(entropy[at].mean()),
        float(entropy[at].max()),
        pace,
        (pace - np.log(USUAL_PACE)) ** 2,
        np.log1p(max(gaps, default=USUAL_PACE)),
        np.log1p(min(gaps, default=USUAL_PACE)),
        float(margin.mean()),
        float(margin.min()),
        float((alike & (instead != tokens)).sum()),
        float((~alike).sum()),
    )


@dataclass(frozen=True, slots=True)
class Verifier:
    """A two-layer network over the features of a match."""

    mean: FloatArray
    """Of each feature, where it learnt; shape [features]."""
    scale: FloatArray
    hidden: FloatArray
    """Weights, shape [features, units]."""
    hidden_bias: FloatArray
    out: FloatArray
    """Weights of the units, shape [units]."""
    direct: FloatArray
    """Weights of the features themselves, shape [features]."""
    bias: float
    certain: float
    """Log likelihood ratio from which on a match scores 0."""
    unit: float
    """Log likelihood ratio that a score of 1 stands for. Both are such that a score lets as many
    false alarms through as the same score by the path alone, so that thresholds keep their
    meaning."""
    model_sha256: str
    """Of the phone model whose posteriors it learnt from."""

    def ratios(self, features: FloatArray) -> FloatArray:
        """Give the log likelihood ratio of each match: that it was said, over that it was not."""
        x = np.clip((features - self.mean) / self.scale, -4.0, 4.0)
        units = np.tanh(x @ self.hidden + self.hidden_bias)
        ratios: FloatArray = units @ self.out + x @ self.direct + np.float32(self.bias)
        return ratios

    def scores(self, costs: FloatArray, matches: Sequence[Match]) -> list[float]:
        """Score matches, at most 0; arguments as of ``describe``."""
        if not matches:
            return []
        # One by one: how numpy multiplies matrices may depend on their size, in the last bit.
        ratios = [self.ratios(row[np.newaxis])[0] for row in describe(costs, matches)]
        return [float(score) for score in self.score_of(np.array(ratios))]

    def score_of(self, ratios: FloatArray) -> FloatArray:
        """Put log likelihood ratios on the scale of scores, on which 0 is the best."""
        beyond = (ratios - np.float32(self.certain)) / np.float32(self.unit)
        scores: FloatArray = np.minimum(np.float32(0), beyond)
        return scores


_ARRAYS: Final = ("mean", "scale", "hidden", "hidden_bias", "out", "direct")
_NUMBERS: Final = ("bias", "certain", "unit")


def to_json(verifier: Verifier) -> str:
    """Write it as text."""
    kept = {name: np.round(getattr(verifier, name), 5).tolist() for name in _ARRAYS}
    whole = {
        "model_sha256": verifier.model_sha256,
        "features": FEATURES,
        **{name: round(getattr(verifier, name), 5) for name in _NUMBERS},
        **kept,
    }
    return json.dumps(whole) + "\n"


def load_verifier(path: Path = BUNDLED) -> Verifier:
    """Read a verifier.

    Raises:
        DeskcueError: it is not there, broken, or made for other features than this version's.
    """
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        arrays: dict[str, Any] = {name: np.array(kept[name], dtype=np.float32) for name in _ARRAYS}
        if tuple(kept["features"]) != FEATURES:
            raise DeskcueError(f"the verifier {path} was made for another version of deskcue")
        return Verifier(
            **arrays,
            bias=float(kept["bias"]),
            certain=float(kept["certain"]),
            unit=float(kept["unit"]),
            model_sha256=str(kept["model_sha256"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = str(error).splitlines()[0]
        raise DeskcueError(f"cannot read the verifier {path}: {reason}") from None


@cache
def bundled_verifier() -> Verifier:
    """Give the verifier that came with the package."""
    return load_verifier()
