"""What tells a chewing jaw from its look-alikes."""

import numpy as np

from firmware_py.core.types import RATE, FloatArray
from firmware_py.detectors.chews import FEATURES, describe
from firmware_py.detectors.eating import chew_network, crest_db
from tests.detectors.made_features import Sound, hear, noise, to_pcm

SECONDS = 6


def described(sound: Sound) -> dict[str, float]:
    (features,) = hear(to_pcm(sound, np.zeros(len(sound))))
    numbers: FloatArray = describe(features.mel, crest_db(features))
    return dict(zip(FEATURES, numbers.tolist(), strict=True))


def bursts(hz: float, length_s: float, db: float = -30.0) -> Sound:
    sound = noise(SECONDS, -65)
    for at in np.arange(0.1, SECONDS - length_s, 1 / hz):
        first = round(at * RATE)
        part = noise(length_s, db, seed=round(at * 100))
        sound[first : first + len(part)] += part
    return sound


def test_rate_length_and_range_are_those_of_the_bursts() -> None:
    told = described(bursts(2.0, 0.2))
    assert abs(2 ** told["rate"] - 2.0) < 0.2
    assert abs(2 ** told["length"] - 0.2) < 0.05
    assert 3.0 < told["range"] < 4.0
    assert told["gap_spread"] < 0.05


def test_clicks_stand_out_of_their_level() -> None:
    clicks = noise(SECONDS, -65)
    for at in range(RATE // 2, len(clicks), RATE // 2):
        clicks[at : at + 3200 : 160] += 0.5
    assert described(clicks)["crest"] > described(bursts(2.0, 0.2))["crest"] + 1


def test_a_room_has_no_bursts_and_a_faster_beat_lies_higher() -> None:
    assert not any(described(np.zeros(SECONDS * RATE)).values())
    slow, fast = described(bursts(1.5, 0.2)), described(bursts(4.0, 0.08))
    assert slow["below_2hz"] > fast["below_2hz"]
    assert slow["below_5hz"] < fast["below_5hz"]


def test_the_network_was_made_for_these_features() -> None:
    assert chew_network().hidden.shape[0] == len(FEATURES)
