"""The sides of what is fitted, chosen and reported on."""

from pathlib import Path

import numpy as np
import pytest

from lab.evaluation import material
from lab.evaluation.conditions import LEVEL, active, levelled, stretch, telephone
from lab.evaluation.material import clips, read, side_of_source

SPEECH = "path\tkind\tspeaker\ttext\tseconds\tsource\tlicence\tuse\tper\n"
NOISE = "path\tkind\tlabel\tseconds\tsource\tlicence\tuse\n"


def crowd(name: str, use: str, text: str = "你好", per: str = "") -> str:
    return f"{name}.ogg\tsentence\t{name}\t{text}\t1\tCommon Voice x\tCC0\t{use}\t{per}\n"


@pytest.fixture
def audio(tmp_path: Path) -> Path:
    people = [crowd(f"dev{number}", "dev") for number in range(6)]
    known = [crowd(f"known{number}", "train") for number in range(9)]
    doubtful = crowd("bad", "train", per="0.9")
    (tmp_path / "speech.tsv").write_text(SPEECH + "".join([doubtful, *known, *people]), "utf-8")
    noise = [f"{n}.ogg\tx\ttyping\t1\tsource {n}\tCC0\ttrain\n" for n in range(40)]
    (tmp_path / "noise.tsv").write_text(NOISE + "".join(noise), "utf-8")
    return tmp_path


def test_nobody_is_on_two_sides(audio: Path) -> None:
    sides = [
        {clip.speaker for clip in clips(audio, name)}
        for name in ("crowd_train", "crowd_choose", "crowd_report")
    ]
    assert len(set().union(*sides)) == sum(map(len, sides))
    assert sides[1] == {"dev0", "dev2", "dev4"}
    assert sides[2] == {"dev1", "dev3", "dev5"}


def test_doubtful_labels_fit_nothing(audio: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(material, "CROWD_SHARE", 1)
    assert len(clips(audio, "crowd_train")) == 9


def test_a_source_of_noise_is_on_one_side(audio: Path) -> None:
    sides = [
        {clip.speaker for clip in clips(audio, f"noise_{side}")}
        for side in ("train", "choose", "report")
    ]
    assert all(sides)
    assert sum(map(len, sides)) == 40
    assert side_of_source("made here (numpy)") == side_of_source("made here (numpy)")


@pytest.mark.parametrize(
    ("text", "syllables"),
    [
        ("你好", ("ni", "hao")),
        ("lv4 se4", ("lv", "se")),
        ("nu:3", ("nv",)),
        ("一会儿", ()),
        ("打10086", ()),
        ("xnig", ()),
    ],
)
def test_only_what_is_certain_is_read(text: str, syllables: tuple[str, ...]) -> None:
    assert read(text) == syllables


def test_a_level_is_of_speech_and_not_of_pauses() -> None:
    tone = np.sin(np.arange(16_000) * 0.3).astype(np.float32)
    quiet = np.zeros(48_000, dtype=np.float32)
    sound = levelled(np.concatenate([tone, quiet]))
    assert active(sound) == pytest.approx(LEVEL, rel=0.01)
    assert active(telephone(sound)) > LEVEL / 2


def test_a_short_sound_is_repeated() -> None:
    sound = np.arange(100, dtype=np.float32)
    assert len(stretch([sound], 1000, np.random.default_rng(1))) == 1000
