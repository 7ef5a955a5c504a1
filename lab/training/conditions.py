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


def at_a_desk(
    energy: Energies,
    around: Energies,
    faint: npt.NDArray[np.bool_],
    rng: np.random.Generator,
) -> npt.NDArray[np.float32]:
    """Bring clean speech to the log-mel rows of a device on a desk.

    Args:
        energy: what the agent says, or a sound alone, shape [examples, hops, 40].
        around: what sounds beside it, where the mean of loud speech is 1 in every band.
        faint: examples that are far away: so low that nobody could take them for the agent.
        rng: chance.
    """
    examples, hops, _ = energy.shape
    voiced = energy.sum(axis=2)
    speech = np.sort(voiced, axis=1)[:, int(hops * 0.6) :].mean(axis=1)
    energy = np.asarray(energy / np.maximum(speech, 1e-9)[:, None, None] * BANDS, np.float32)
    energy = _room(energy, rng) * _colour(examples, rng, 9.0)
    neighbour = np.roll(energy[::-1], 7, axis=1)
    near = (rng.random(examples) < 0.12) & (speech > 1e-9) & ~faint
    heard = near * 10 ** rng.uniform(-2.6, -1.2, examples)
    energy = energy + neighbour * heard.astype(np.float32)[:, None, None]
    energy = energy + around * _colour(examples, rng, 3.0)
    snr_db = np.where(
        rng.random(examples) < 0.3, rng.uniform(35, 60, examples), rng.uniform(5, 38, examples)
    )
    noise = _noise(examples, hops, rng) * (10 ** (-snr_db / 10)).astype(np.float32)[:, None, None]
    before = np.asarray(rng.random(examples) < 0.6)
    energy = energy + noise * before[:, None, None]
    energy = _worn(energy, rng)
    energy = _line(energy, rng) + noise * (~before)[:, None, None]
    level_db = np.where(faint, rng.uniform(-66, -46, examples), rng.uniform(-52, -8, examples))
    level = 10 ** (level_db / 10) / BANDS
    mel = np.log(energy * level.astype(np.float32)[:, None, None] + np.float32(FLOOR))
    _masked(mel, rng)
    return np.asarray(mel, np.float32)


def _some(examples: int, share: float, rng: np.random.Generator) -> npt.NDArray[np.intp]:
    return np.flatnonzero(rng.random(examples) < share)


def _worn(energy: Energies, rng: np.random.Generator) -> Energies:
    """What a headset, a computer and a codec do to sound, each to some examples, in place.

    Overdriven (loud hops flattened, with energy in bands that had none), levelled by a gain
    control, gated by a noise suppressor, and thinned by a codec that leaves out what is masked.
    """
    examples = len(energy)
    some = _some(examples, 0.08, rng)
    loud = energy[some].mean(axis=2, keepdims=True)
    most = rng.uniform(0.7, 5.0, (len(some), 1, 1)).astype(np.float32)
    kept = np.minimum(1.0, most / np.maximum(loud, 1e-9))
    splatter = np.maximum(loud - most, 0) * 10 ** rng.uniform(-2.3, -0.9, (len(some), 1, 1))
    energy[some] = energy[some] * kept + splatter * _colour(len(some), rng, 4.0)

    some = _some(examples, 0.25, rng)
    energy[some] *= _gain(energy[some], rng)

    some = _some(examples, 0.12, rng)
    gate = 10 ** (-rng.uniform(20, 42, (len(some), 1, 1)) / 10)
    shut = 10 ** -rng.uniform(0.8, 3.0, (len(some), 1, 1))
    quiet = energy[some].mean(axis=2, keepdims=True) < gate
    energy[some] = energy[some] * np.where(quiet, shut, 1.0).astype(np.float32)

    some = _some(examples, 0.14, rng)
    masked = 10 ** (-rng.uniform(20, 45, (len(some), 1, 1)) / 10)
    part = energy[some]
    holes = part < part.max(axis=2, keepdims=True) * masked
    energy[some] = np.where(holes, part * np.float32(1e-3), part)
    return energy


def _gain(energy: Energies, rng: np.random.Generator) -> Energies:
    """Factors of a gain control, or of a head that moves, shape [examples, hops, 1]."""
    examples, hops, _ = energy.shape
    loud = np.log(energy.mean(axis=2) + 1e-4)
    slow = np.empty_like(loud)
    at = loud[:, :30].mean(axis=1)
    up, down = rng.uniform(0.03, 0.3, examples), rng.uniform(0.003, 0.03, examples)
    for hop in range(hops):
        at = at + np.where(loud[:, hop] > at, up, down) * (loud[:, hop] - at)
        slow[:, hop] = at
    power = rng.uniform(0.15, 0.7, (examples, 1)) * (rng.random((examples, 1)) < 0.6)
    knots = rng.uniform(-1.0, 1.0, (examples, 5))  # nepers of power: 4 dB
    gain = -power * slow
    for place, row in enumerate(knots):
        gain[place] += np.interp(np.arange(hops), np.linspace(0, hops, 5), row)
    return np.asarray(np.exp(gain)[:, :, None], np.float32)


def _colour(examples: int, rng: np.random.Generator, db: float) -> Energies:
    """Smooth random curves over the bands, in factors of energy, shape [examples, 1, 40]."""
    knots = rng.uniform(-db, db, (examples, 6))
    at = np.linspace(0, 5, BANDS)
    low = np.minimum(at.astype(int), 4)
    part = at - low
    curve = knots[:, low] * (1 - part) + knots[:, low + 1] * part
    return np.asarray((10 ** (curve / 10))[:, None, :], np.float32)


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
    grain = rng.standard_gamma(3.0, (examples, hops, BANDS), dtype=np.float32) / 3
    slope = rng.uniform(-0.12, 0.03, (examples, 1, 1)) * np.arange(BANDS)
    noise = grain * (10**slope).astype(np.float32) * _colour(examples, rng, 6.0)
    swell = np.repeat(rng.uniform(-0.4, 0.4, (examples, hops // 24 + 1)), 24, axis=1)[:, :hops]
    noise *= (10**swell).astype(np.float32)[:, :, None]
    clicks = rng.random((examples, hops)) < (rng.random((examples, 1)) < 0.3) * 0.03
    strength = (clicks * 10 ** rng.uniform(0.5, 2.0, (examples, hops))).astype(np.float32)
    strength[:, 1:] += 0.3 * strength[:, :-1]
    noise += strength[:, :, None] * _colour(examples, rng, 10.0)
    return np.asarray(noise / noise.mean(axis=(1, 2), keepdims=True), np.float32)


def _line(energy: Energies, rng: np.random.Generator) -> Energies:
    """Telephone some of them: 300 to 3400 Hz, nothing above 4 kHz, or nothing above 7."""
    examples = len(energy)
    kind = rng.random((examples, 1))
    highest = np.where(
        kind < 0.45,
        rng.uniform(3_300, 4_000, (examples, 1)),
        rng.uniform(5_500, 7_400, (examples, 1)),
    )
    keep = np.where((kind < 0.6) & (highest < CENTRES_HZ), 0.0, 1.0)
    low = rng.uniform(150, 350, (examples, 1))
    cut = (kind < 0.36) | (rng.random((examples, 1)) < 0.12)
    keep = keep * np.where(cut & (low >= CENTRES_HZ), (CENTRES_HZ / low) ** 6, 1.0)
    # Band limits of a line leave a little; those of a codec nothing.
    least = 10 ** rng.uniform(-6, -4, (examples, 1))
    return energy * np.maximum(keep, least).astype(np.float32)[:, None, :]


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
