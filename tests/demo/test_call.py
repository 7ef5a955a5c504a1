"""The bundled call: small, true to its notes, and made by its recipe alone."""

import datetime
import shutil
import tomllib
from typing import Any

import numpy as np
import pytest
import soundfile

from firmware_py.audio.file import FileSource
from firmware_py.core.types import RATE, Cue, Finding, Observation
from firmware_py.device.pipeline import Pipeline
from firmware_py.hearing.phone_model import load_phone_model
from firmware_py.rules import load_rulebook, started_at
from firmware_py.rules.clauses import clauses
from firmware_py.rules.vocabulary import OBSERVATIONS
from lab import demo_call
from tests.checkout import ROOT

FOLDER = ROOT / "firmware_py" / "demo"
TRUTH: dict[str, Any] = tomllib.loads((FOLDER / "call.toml").read_text("utf-8"))
KNOWN = {"phrase.F5", *OBSERVATIONS}


def test_it_is_a_small_stereo_call_of_at_most_a_minute() -> None:
    sound = soundfile.info(FOLDER / "call.ogg")
    assert (sound.samplerate, sound.channels) == (RATE, 2)
    assert 30 < sound.duration <= 60
    assert (FOLDER / "call.ogg").stat().st_size < 400_000


def test_its_truth_lies_within_it_and_speaks_our_names() -> None:
    duration = soundfile.info(FOLDER / "call.ogg").duration
    for line in TRUTH["line"]:
        assert 0 <= line["start"] < line["end"] <= duration
        assert line["who"] in ("agent", "caller")
        assert line["event"] in KNOWN | {""}
        assert line["clause"] in {*clauses(), ""}


def test_it_shows_what_the_device_is_for() -> None:
    events = {line["event"] for line in TRUTH["line"]}
    assert {"phrase.F5", "interruption.agent", "shouting", "eating", "quiet.unanswered"} <= events


@pytest.mark.skipif(not shutil.which("espeak-ng"), reason="espeak-ng is not installed")
def test_its_recipe_makes_it_again() -> None:

    if demo_call.espeak_version() != TRUTH["espeak_ng"]:
        pytest.skip(f"made with espeak-ng {TRUTH['espeak_ng']}, here is another version")
    rng = np.random.default_rng(demo_call.SEED)
    sound, truth = demo_call.perform(rng)
    assert truth == (FOLDER / "call.toml").read_text("utf-8")
    bundled, _ = soundfile.read(FOLDER / "call.ogg")
    made = sound + demo_call.room(len(sound), rng)
    assert bundled.shape == made.shape
    assert np.corrcoef(bundled.ravel(), made.ravel())[0, 1] > 0.98


def heard() -> tuple[list[Observation], list[Finding]]:
    began = started_at(datetime.datetime(2026, 1, 5, 14))
    pipeline = Pipeline(load_rulebook("10086"), load_phone_model(), began)
    observed, found = list[Observation](), list[Finding]()
    for block in FileSource(FOLDER / "call.ogg"):
        result = pipeline.feed(block)
        found += result.findings
        observed += result.observations
    return observed, found


def test_the_device_hears_what_its_truth_says_and_nothing_else() -> None:
    observed, found = heard()
    told = [line for line in TRUTH["line"] if line["event"]]
    for line in told:
        near = [
            one
            for one in observed
            if one.name == line["event"]
            and one.start < line["end"] + 0.5
            and one.end > line["start"] - 0.5
        ]
        assert near, line
    assert sorted(str(one.clause) for one in found) == sorted(
        line["clause"] for line in told if line["event"] != "backchannel"
    )


def test_the_light_shows_one_hint_in_this_minute_and_the_banned_phrase() -> None:
    _, found = heard()
    assert [one.clause for one in found if one.cue is not Cue.NONE] == ["E8", "F5"]
