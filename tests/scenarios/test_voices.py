"""A real speaker's words, put together from syllables."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from firmware_py.core.types import RATE
from lab.scenarios.joined import recordings_of
from lab.scenarios.reading import Line, Scenario, Who
from lab.scenarios.voices import Real


@pytest.fixture
def voice(tmp_path: Path) -> Real:
    """A speaker of three syllables, each a tone of its own pitch after some silence."""
    rows = ["path\tkind\tspeaker\ttext"]
    for hz, label in ((200, "nin2"), (300, "hao3"), (400, "xie")):
        tone = np.sin(2 * np.pi * hz * np.arange(RATE // 2) / RATE)
        soundfile.write(tmp_path / f"{label}.wav", np.pad(0.3 * tone, RATE // 10), RATE)
        rows.append(f"{label}.wav\tsyllable\tht\t{label}")
    rows.append("other.wav\tsyllable\tcw\tshi4")
    (tmp_path / "speech.tsv").write_text("\n".join(rows), "utf-8")
    return Real(recordings_of(tmp_path, "ht"))


def saying(text: str, **more: bool) -> Scenario:
    return Scenario("x", "F5", (Line(say=text, **more),))  # type: ignore[arg-type]


def test_it_says_what_it_has_syllables_for(voice: Real) -> None:
    assert voice.can_say(saying("您好,谢谢"))  # in whatever tone
    assert not voice.can_say(saying("您是"))
    assert not voice.can_say(saying("您好", cantonese=True))


def test_it_sounds_the_same_every_time_at_the_pace_of_speech(voice: Real) -> None:
    sound = voice(Line(say="您好您好"))
    assert np.array_equal(sound, voice(Line(say="您好您好")))
    assert 0.6 < len(sound) / RATE < 1.1
    fast = voice(Line(say="您好您好", speed=340))
    assert len(fast) / len(sound) == pytest.approx(0.5, abs=0.1)


def test_a_comma_is_a_short_pause(voice: Real) -> None:
    (heard,) = np.nonzero(np.abs(voice(Line(say="您好,您好"))) > 1e-3)
    assert np.diff(heard).max() / RATE == pytest.approx(0.25, abs=0.06)


def test_a_shout_is_higher(voice: Real) -> None:
    calm, shout = (voice(Line(say="您", shout=shout)) for shout in (False, True))
    hz = [np.abs(np.fft.rfft(sound, RATE)).argmax() for sound in (calm, shout)]
    assert hz[1] / hz[0] == pytest.approx(2 ** (3 / 12), abs=0.02)


def test_the_callers_words_need_no_syllables(voice: Real) -> None:
    caller = Line(Who.CALLER, say="您是")
    assert voice.can_say(Scenario("x", "F5", (Line(say="您好"), caller)))
