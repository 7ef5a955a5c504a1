"""Sounds to learn eating from: bites laid at a pace, and what resembles them, made strange."""

from typing import Final

import numpy as np
import soxr

from firmware_py.core.types import RATE
from lab.evaluation.sounds import Sound, at_level, hop_levels, room, speech_level
from lab.evaluation.sounds import lay as lay_onto

LOOK_ALIKES: Final = ("mouse", "keys", "fire", "steps", "paper", "rain", "clock", "motor", "knock")


def lay(sound: Sound, onto: Sound, at: float) -> None:
    """Add a sound from a second on, if that lies within the other one."""
    if 0 <= round(at * RATE) < len(onto):
        lay_onto(sound, onto, round(at * RATE))


def tilted(sound: Sound, db_per_octave: float) -> Sound:
    """Brighter or duller."""
    hz = np.maximum(np.fft.rfftfreq(len(sound), 1 / RATE), 50)
    gain = 10 ** (db_per_octave * np.log2(hz / 1000) / 20)
    return np.asarray(np.fft.irfft(np.fft.rfft(sound) * gain, len(sound)))


def cut_bites(sound: Sound) -> list[Sound]:
    """Single bites out of a recording of laid ones: 50 to 800 ms, 8 dB over the quiet."""
    smooth = np.convolve(hop_levels(sound), np.ones(5) / 5, "same")
    quiet = float(np.percentile(smooth, 20))
    active = smooth > (quiet + 8 if quiet > -95 else smooth.max() - 30)
    edges = np.flatnonzero(np.diff(active, prepend=False, append=False)).reshape(-1, 2)
    hop = RATE // 100
    return [sound[max(0, a - 2) * hop : (b + 3) * hop] for a, b in edges if 5 <= b - a <= 80]


def made_bites(rng: np.random.Generator, number: int = 8) -> list[Sound]:
    """Bites as a wealth of small fractures, each a damped resonance (cf. Drake, 1963)."""
    wet = rng.random() < 0.5
    return [_made_bite(rng, wet) for _ in range(number)]


def _made_bite(rng: np.random.Generator, wet: bool) -> Sound:
    samples = round(rng.uniform(0.08, 0.3) * RATE)
    time = np.arange(samples) / RATE
    rise = np.minimum(time / rng.uniform(0.005, 0.05), 1)
    envelope = np.pad(rise * np.exp(-time / rng.uniform(0.04, 0.2)), (0, 800))
    centre = rng.uniform(*((500, 3000) if wet else (1000, 6500)))
    rate = rng.uniform(*((60, 300) if wet else (150, 1500)))
    bite = np.zeros(samples + 800)
    grain = np.arange(640) / RATE
    for _ in range(rng.poisson(rate * samples / RATE) + 1):
        at = int(rng.integers(samples))
        hz = float(np.clip(centre * 2 ** rng.normal(0, 0.6), 300, 7500))
        ring = np.sin(2 * np.pi * hz * grain + rng.uniform(0, 6))
        fracture = np.exp(-grain / rng.uniform(0.0007, 0.006)) * ring
        bite[at : at + 640] += fracture * envelope[at] * rng.exponential(1)
    hiss = rng.standard_normal(len(bite)) * envelope
    octaves = np.log2(np.maximum(np.fft.rfftfreq(len(hiss), 1 / RATE), 20) / centre)
    band = np.exp(-(octaves**2) / 2 / rng.uniform(0.5, 1.2) ** 2)
    hiss = np.fft.irfft(np.fft.rfft(hiss) * band, len(hiss))
    return np.asarray(_normal(bite) + _normal(hiss) * rng.uniform(0.1, 1.2))


def _normal(sound: Sound) -> Sound:
    return np.asarray(sound / (np.sqrt(np.mean(sound**2)) + 1e-9))


def _unlike(bite: Sound, rng: np.random.Generator) -> Sound:
    """Another bite like it: slower or faster, of another colour, perhaps cut short."""
    other = soxr.resample(bite, RATE, max(4000, round(RATE * 2 ** rng.uniform(-0.5, 0.5))))
    other = tilted(np.pad(other, (0, 64)), rng.uniform(-4, 4))
    if rng.random() < 0.4:
        other = other[: max(800, round(len(other) * rng.uniform(0.4, 1)))]
    fade = min(len(other) // 4, 160)
    other[-fade:] *= np.linspace(1, 0, fade)
    return other


def chewing(bites: list[Sound], seconds: float, rng: np.random.Generator) -> Sound:
    """Somebody chews, with pauses, with second bursts as the jaw opens, and other mouth sounds."""
    sound = np.zeros(round(seconds * RATE))
    own = [bites[rng.integers(len(bites))] for _ in range(rng.integers(3, 10))]
    period, jitter = 1 / rng.uniform(0.8, 2.4), rng.uniform(0.08, 0.4)
    spread, opens, strange = rng.uniform(1, 7), rng.uniform(0, 0.7), rng.random() < 0.8
    at, until = rng.uniform(0, 0.6), rng.uniform(5, 25)
    while at < seconds:
        bite = own[rng.integers(len(own))]
        bite = _normal(_unlike(bite, rng) if strange else bite)
        lay(bite * 10 ** (rng.normal(0, spread) / 20), sound, at)
        if rng.random() < opens:
            short = _normal(_unlike(own[rng.integers(len(own))], rng))
            short = short[: round(rng.uniform(0.04, 0.15) * RATE)]
            lay(short * 10 ** (rng.uniform(-16, -2) / 20), sound, at + rng.uniform(0.15, 0.45))
        at += max(0.22, period * (1 + rng.normal(0, jitter)))
        if at > until:
            at += rng.uniform(0.5, 2.5)
            until = at + rng.uniform(5, 25)
    return besides(sound, rng)


def besides(sound: Sound, rng: np.random.Generator) -> Sound:
    """With what is heard besides: hiss and small clicks, softer."""
    level = speech_level(sound)
    hiss = tilted(rng.standard_normal(len(sound)), rng.uniform(-6, 0))
    both = sound + hiss / hiss.std() * 10 ** ((level - rng.uniform(10, 38)) / 20)
    if rng.random() < 0.6:
        clicks = np.zeros(len(sound))
        seconds = len(sound) / RATE
        for at in rng.uniform(0, seconds, rng.poisson(seconds * rng.uniform(0, 12)) + 1):
            lay(click(rng, rng.uniform(0.0005, 0.003), rng.uniform(800, 5000)), clicks, at)
        loud = np.sqrt(np.mean(clicks[clicks != 0] ** 2))
        both = both + clicks / loud * 10 ** ((level - rng.uniform(2, 24)) / 20)
    return np.asarray(both)


def strange(sound: Sound, rng: np.random.Generator) -> Sound:
    """The same sound, slower or faster, of another colour, with something besides."""
    other = soxr.resample(sound, RATE, round(RATE * 2 ** rng.uniform(-0.4, 0.4)))
    return besides(tilted(other, rng.uniform(-4, 4)), rng)


def placed(sound: Sound, rng: np.random.Generator) -> Sound:
    """In a room, at some level."""
    noise = room(len(sound), rng.uniform(-80, -55), rng)
    return np.clip(at_level(sound, rng.uniform(-46, -24)) + noise, -1, 1)


def scattered(sound: Sound, seconds: float, rng: np.random.Generator) -> Sound:
    """Pieces of a recording, each a little unlike the last, one after the other as they come."""
    pieces = cut_sounds(sound) or [sound[:RATE]]
    stream, at, pace = np.zeros(round(seconds * RATE)), rng.uniform(0, 1), rng.uniform(0.5, 2.2)
    while at < seconds:
        one = pieces[rng.integers(len(pieces))]
        if rng.random() < 0.5:
            one = soxr.resample(one, RATE, round(RATE * 2 ** rng.uniform(-0.3, 0.3)))
        one = tilted(np.pad(one, (0, 64)), rng.uniform(-3, 3))
        lay(at_level(one, float(rng.uniform(-40, -25))), stream, at)
        at += len(one) / RATE + float(rng.exponential(pace))
    return np.clip(stream + room(len(stream), rng.uniform(-80, -58), rng), -1, 1)


def cut_sounds(sound: Sound) -> list[Sound]:
    """Single sounds out of a recording: 50 ms to 3 s, pauses of up to 150 ms in them."""
    smooth = np.convolve(hop_levels(sound), np.ones(5) / 5, "same")
    active = smooth > max(np.percentile(smooth, 20) + 12, smooth.max() - 30)
    edges = np.flatnonzero(np.diff(active, prepend=False, append=False)).reshape(-1, 2)
    apart = edges[1:, 0] - edges[:-1, 1] >= 15
    begins, ends = edges[np.append(True, apart), 0], edges[np.append(apart, True), 1]
    hop = RATE // 100
    sounds = zip(begins.tolist(), ends.tolist(), strict=True)
    return [sound[max(0, a - 2) * hop : (b + 3) * hop] for a, b in sounds if 5 <= b - a <= 300]


def click(rng: np.random.Generator, tau_s: float, hz: float) -> Sound:
    """A click that dies away in some time, with a tone in it."""
    time = np.arange(round(0.03 * RATE)) / RATE
    body = 0.6 * rng.standard_normal(len(time)) + np.sin(2 * np.pi * hz * time)
    return np.asarray(body * np.exp(-time / tau_s) * rng.exponential(1))


def look_alike(kind: str, seconds: float, rng: np.random.Generator) -> Sound:
    """What is no chewing and comes in bursts or clicks, too; one of ``LOOK_ALIKES``."""
    sound = np.zeros(round(seconds * RATE))
    if kind in ("fire", "rain", "motor"):
        return _steady(kind, seconds, rng)
    pace = {"mouse": (0.5, 3), "keys": (1, 7), "steps": (1.4, 2.3), "paper": (0.3, 1)}
    hz = rng.uniform(*pace.get(kind, (0.7, 4)))
    even = {"steps": 0.03, "clock": 0.0}.get(kind, rng.uniform(0.1, 0.8))
    tau = {"steps": 0.03, "knock": 0.012, "keys": 0.004}.get(kind, 0.0015) * 2 ** rng.uniform(-1, 1)
    tone = rng.uniform(80, 900) if kind in ("steps", "knock") else rng.uniform(800, 5000)
    at = rng.uniform(0, 0.5)
    while at < seconds:
        lay(_rustle(rng) if kind == "paper" else click(rng, tau, tone), sound, at)
        if kind in ("mouse", "keys"):
            lay(0.5 * click(rng, tau / 2, 1.2 * tone), sound, at + rng.uniform(0.05, 0.13))
        at += max(0.06, (1 + even * rng.standard_normal()) / hz)
    return sound


def _rustle(rng: np.random.Generator) -> Sound:
    sound = np.zeros(round(rng.uniform(0.3, 2.5) * RATE))
    seconds = len(sound) / RATE
    for at in rng.uniform(0, seconds, rng.poisson(seconds * rng.uniform(50, 600)) + 1):
        lay(click(rng, 0.0008, rng.uniform(1500, 6000)), sound, at)
    return np.asarray(sound * np.sqrt(np.hanning(len(sound))))


def _steady(kind: str, seconds: float, rng: np.random.Generator) -> Sound:
    samples = round(seconds * RATE)
    noise = tilted(rng.standard_normal(samples), rng.uniform(-6, 0))
    if kind == "motor":
        beat = np.sin(2 * np.pi * rng.uniform(0.5, 2.5) * np.arange(samples) / RATE)
        return np.asarray(((beat > rng.uniform(-0.7, 0.5)) + rng.uniform(0, 0.3)) * noise)
    sound = noise * rng.uniform(0.01, 0.3)
    rate = rng.uniform(1, 25) if kind == "fire" else rng.uniform(3, 80)
    for at in rng.uniform(0, seconds, rng.poisson(seconds * rate) + 1):
        lay(click(rng, rng.uniform(0.0005, 0.004), rng.uniform(1000, 6000)), sound, at)
    return np.asarray(sound)
