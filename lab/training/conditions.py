"""What lies between a mouth and the device: room, microphone, next desk, noise, line, level.

Everything happens on mel energies, for all examples of a batch at once:
- a room as an exponential tail of each band's energy (Polack, 1988);
- noise as energies that add up; a line as bands that vanish;
- stretches of time and bands left out (Park et al., 2019, SpecAugment).
"""

import numpy as np
import numpy.typing as npt

from firmware_py.hearing.mel import BANDS, CENTRES_HZ, FLOOR

Energies = npt.NDArray[np.float32]
"""Mel energies (not their logarithm), shape [hops, 40], or [examples, hops, 40] of a batch."""


def at_a_desk(energy: Energies, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Bring clean speech, shape [examples, hops, 40], to the log-mel rows of a device on a desk."""
    examples, hops, _ = energy.shape
    voiced = energy.sum(axis=2)
    speech = np.sort(voiced, axis=1)[:, int(hops * 0.6) :].mean(axis=1)
    energy = energy / np.maximum(speech, 1e-9)[:, None, None] * BANDS
    energy = _room(energy, rng) * _colour(examples, rng, 9.0)
    neighbour = np.roll(energy[::-1], 7, axis=1)
    heard = (rng.random(examples) < 0.15) * 10 ** rng.uniform(-2.6, -1.2, examples)
    energy = energy + neighbour * heard.astype(np.float32)[:, None, None]
    snr_db = np.where(
        rng.random(examples) < 0.25, rng.uniform(35, 60, examples), rng.uniform(4, 35, examples)
    )
    noise = _noise(examples, hops, rng) * (10 ** (-snr_db / 10)).astype(np.float32)[:, None, None]
    before = rng.random(examples) < 0.6
    energy = energy + noise * before[:, None, None]
    energy = _line(energy, rng) + noise * (~before)[:, None, None]
    level = 10 ** (rng.uniform(-52, -8, examples) / 10) / BANDS
    mel = np.log(energy * level.astype(np.float32)[:, None, None] + np.float32(FLOOR))
    _masked(mel, rng)
    return mel


def _colour(examples: int, rng: np.random.Generator, db: float) -> Energies:
    """Smooth random curves over the bands, in factors of energy, shape [examples, 1, 40]."""
    knots = rng.uniform(-db, db, (examples, 6))
    at = np.linspace(0, 5, BANDS)
    low = np.minimum(at.astype(int), 4)
    part = at - low
    curve = knots[:, low] * (1 - part) + knots[:, low + 1] * part
    return (10 ** (curve / 10)).astype(np.float32)[:, None, :]


def _room(energy: Energies, rng: np.random.Generator) -> Energies:
    """Let every second example ring: 60 dB down after 0.1 to 0.7 s, the tail 3 to 20 dB below."""
    examples = len(energy)
    decay = 10 ** (-6 / (100 * rng.uniform(0.1, 0.7, (examples, 1))))
    wet = 10 ** rng.uniform(-2.0, -0.3, (examples, 1)) * (1 - decay)
    wet *= rng.random((examples, 1)) < 0.5
    decay, wet = decay.astype(np.float32), wet.astype(np.float32)
    tail = np.zeros_like(energy[:, 0])
    out = np.empty_like(energy)
    for hop in range(energy.shape[1]):
        out[:, hop] = energy[:, hop] + wet * tail
        tail = decay * (tail + energy[:, hop])
    return out


def _noise(examples: int, hops: int, rng: np.random.Generator) -> Energies:
    """Coloured noise of mean energy 1 with slow swells and, at times, clicks."""
    grain = rng.gamma(3.0, 1 / 3.0, (examples, hops, BANDS)).astype(np.float32)
    slope = rng.uniform(-0.12, 0.03, (examples, 1, 1)) * np.arange(BANDS)
    noise = grain * (10**slope).astype(np.float32) * _colour(examples, rng, 6.0)
    swell = np.repeat(rng.uniform(-0.4, 0.4, (examples, hops // 24 + 1)), 24, axis=1)[:, :hops]
    noise *= (10**swell).astype(np.float32)[:, :, None]
    clicks = rng.random((examples, hops)) < (rng.random((examples, 1)) < 0.3) * 0.03
    strength = (clicks * 10 ** rng.uniform(0.5, 2.0, (examples, hops))).astype(np.float32)
    strength[:, 1:] += 0.3 * strength[:, :-1]
    noise += strength[:, :, None] * _colour(examples, rng, 10.0)
    return noise / noise.mean(axis=(1, 2), keepdims=True)


def _line(energy: Energies, rng: np.random.Generator) -> Energies:
    """Telephone some of them: 300 to 3400 Hz, or nothing above 4 kHz."""
    kind = rng.random(len(energy))
    keep = np.ones((len(energy), 1, BANDS), dtype=np.float32)
    keep[kind < 0.5] *= rng.uniform(3_300, 4_000) > CENTRES_HZ
    low = rng.uniform(150, 350)
    keep[kind < 0.4] *= np.where(low < CENTRES_HZ, 1.0, (CENTRES_HZ / low) ** 6)
    return energy * np.maximum(keep, 1e-6).astype(np.float32)


def _masked(mel: npt.NDArray[np.float32], rng: np.random.Generator) -> None:
    """Leave out some bands and short stretches, in place."""
    for row in mel:
        lowest, middle = row.min(), np.median(row)
        for _ in range(int(rng.integers(0, 3))):
            first = int(rng.integers(0, BANDS - 7))
            row[:, first : first + int(rng.integers(1, 8))] = lowest
        for _ in range(int(rng.integers(0, 5))):
            first = int(rng.integers(0, len(row) - 9))
            row[first : first + int(rng.integers(1, 9))] = middle
