"""Eating: the rhythm of a chewing jaw in the agent's microphone."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import log10

import numpy as np
import numpy.typing as npt

from firmware_py.detectors.spectrum import band_edges, band_power
from firmware_py.types import AGENT, HOPS_PER_SECOND, Frame, Observation

_EDGES = band_edges(150, 1_000, 1_500, 7_000)
_STEP = 4
"""Hops per point of the envelope (25 points a second)."""
_POINTS_PER_SECOND = HOPS_PER_SECOND // _STEP
_WINDOW = 10 * _POINTS_PER_SECOND
_FASTEST_HZ, _SLOWEST_HZ = 2.2, 0.9
_FASTER = slice(3, int(_POINTS_PER_SECOND / 2.6))
"""Lags of rhythms too fast for a jaw; their multiples show up at chewing lags, too."""
_LAGS = slice(int(_POINTS_PER_SECOND / _FASTEST_HZ), int(_POINTS_PER_SECOND / _SLOWEST_HZ) + 2)
_VOICED = 4.0
"""Power by which the low band of a voiced sound outweighs its high band."""


def _points() -> deque[float]:
    return deque(maxlen=_WINDOW)


@dataclass(slots=True)
class _State:
    hop: int = 0
    envelope: deque[float] = field(default_factory=_points)
    """High-band dB, mean over each step."""
    voiced: deque[float] = field(default_factory=_points)
    """Share of each step that sounds voiced and loud."""
    sum_db: float = 0.0
    sum_voiced: int = 0
    since: int | None = None
    """First hop of the present stretch of chewing."""
    next_at: int = 0


@dataclass(slots=True)
class Eating:
    """Hears ``eating``: bursts in the high band that come back 0.9 to 2.2 times a second.

    Chewing runs at 1 to 2 Hz and is remarkably steady (Po et al. 2011); its sound has strong parts
    over 1.5 kHz (Amft et al. 2005). Twice a second the last 10 s of the high-band envelope are
    correlated with themselves; a peak at a chewing lag, in a stretch with little voice, is a bite.
    ``Observation.value`` is the rhythm in Hz, ``score`` the height of the peak.

    Known weaknesses: anything that strikes steadily at that pace (a dripping tap, a printer)
    resembles it; soft chewing with closed lips is not heard at all.
    """

    peak: float = 0.35
    """Autocorrelation (0 to 1) from which a rhythm counts."""
    swing_db: float = 3.0
    """Standard deviation of the envelope, in dB, that bursts must have."""
    voiced_most: float = 0.12
    """Largest share of voiced sound in the window."""
    lasting_s: float = 2.0
    """Seconds for which the rhythm must be found again and again."""
    again_s: float = 15.0
    """Seconds after which eating that goes on is said again."""
    _state: _State = field(init=False, repr=False, default_factory=_State)

    def reset(self) -> None:
        """Forget what was heard."""
        self._state = _State()

    def feed(self, frame: Frame) -> list[Observation]:
        """Return what became known in this Frame."""
        found: list[Observation] = []
        speaking = frame.speaking[:, AGENT].tolist()
        self._state.hop = frame.start
        powers = band_power(frame.mel, _EDGES)
        for speaks, (low, _, high) in zip(speaking, powers, strict=True):
            found.extend(self._hop(10 * log10(high), speaks and low > high * _VOICED))
            self._state.hop += 1
        return found

    def _hop(self, high: float, voiced: bool) -> Iterator[Observation]:
        state = self._state
        state.sum_db += high
        state.sum_voiced += voiced
        if state.hop % _STEP == _STEP - 1:
            state.envelope.append(state.sum_db / _STEP)
            state.voiced.append(state.sum_voiced / _STEP)
            state.sum_db, state.sum_voiced = 0.0, 0
        if state.hop % (HOPS_PER_SECOND // 2) == 0 and len(state.envelope) == _WINDOW:
            yield from self._judge()

    def _judge(self) -> Iterator[Observation]:
        state = self._state
        height, rhythm = self._rhythm()
        if height < self.peak:
            state.since = None
            return
        if state.since is None:
            state.since = state.hop
        lasting = state.hop - state.since >= self.lasting_s * HOPS_PER_SECOND
        if lasting and state.hop >= state.next_at:
            state.next_at = state.hop + round(self.again_s * HOPS_PER_SECOND)
            yield self._say(height, rhythm)

    def _rhythm(self) -> tuple[float, float]:
        """Height of the autocorrelation's peak at a chewing lag and its rhythm in Hz."""
        state = self._state
        if sum(state.voiced) > self.voiced_most * _WINDOW:
            return 0.0, 0.0
        envelope = np.array(state.envelope)
        if envelope.std() < self.swing_db:
            return 0.0, 0.0
        correlation = autocorrelation(envelope)
        lag = _LAGS.start + int(correlation[_LAGS].argmax())
        height = float(correlation[lag])
        if lag in (_LAGS.start, _LAGS.stop - 1) or _peak(correlation[_FASTER]) > 0.75 * height:
            return 0.0, 0.0
        return height, _POINTS_PER_SECOND / lag

    def _say(self, height: float, rhythm: float) -> Observation:
        now = self._state.hop + 1
        since = self._state.since or 0
        return Observation(
            name="eating",
            start=max(0, since - _WINDOW * _STEP) / HOPS_PER_SECOND,
            end=now / HOPS_PER_SECOND,
            at=now / HOPS_PER_SECOND,
            score=min(1.0, height),
            value=rhythm,
        )


def _peak(curve: npt.NDArray[np.float64]) -> float:
    """Height of the highest point that is higher than both its neighbours, or 0."""
    inner = curve[1:-1]
    tops = inner[(inner > curve[:-2]) & (inner >= curve[2:])]
    return float(tops.max(initial=0.0))


def autocorrelation(signal: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Autocorrelation of the mean-free signal, 1 at lag 0, unbiased: [n] -> [n]."""
    n = len(signal)
    spectrum = np.fft.rfft(signal - signal.mean(), 2 * n)
    raw = np.fft.irfft(spectrum * spectrum.conj())[:n]
    scale = raw[0] * (1.0 - np.arange(n) / n)
    return np.asarray(raw / np.maximum(scale, 1e-12))
