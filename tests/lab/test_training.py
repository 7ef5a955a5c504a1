"""The recipe of the phone model, a minute of it; makes its environment where there is none."""

import hashlib
import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

from firmware_py.core.types import RATE
from firmware_py.hearing.mel import BANDS
from firmware_py.hearing.phone_model import OUTPUTS, load_phone_model
from tests.checkout import ROOT

SPEECH = Path(os.environ.get("DESKCUE_AUDIO", ""), "speech.tsv")

pytestmark = pytest.mark.skipif(
    not SPEECH.is_file(), reason="DESKCUE_AUDIO names no folder with speech.tsv"
)


def train(work: Path, out: Path, *options: str) -> None:
    subprocess.run(
        [ROOT / "models" / "train", "--smoke", "--work", work, "--out", out, *options],
        check=True,
        capture_output=True,
        timeout=1_200,
    )


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--begin", "nowhere.tflite", "there is no model"),
        ("--leave-out", "s0251", "is called s0251; the nearest are"),
        ("--add", "nowhere.tsv", "cannot read nowhere.tsv"),
        ("--noise", "/var/empty", "holds no sounds"),
    ],
)
def test_what_is_wrong_is_told_in_a_line_before_any_work(
    tmp_path: Path, option: str, value: str, told: str
) -> None:
    with pytest.raises(subprocess.CalledProcessError) as failed:
        train(tmp_path / "work", tmp_path / "out", option, value)
    assert told in failed.value.stderr.decode().splitlines()[-1]
    assert b"Traceback" not in failed.value.stderr
    assert not (tmp_path / "work").exists()


def test_a_step_gives_every_direction_of_a_matrix_nearly_the_same_say() -> None:
    look = """
import numpy as np
from lab.training.muon import orthogonal
rng = np.random.default_rng(1)
for shape in ((240, 192), (192, 192), (48, 96)):
    slope = (rng.normal(size=shape) * 10 ** rng.uniform(-1, 1, shape[1])).astype(np.float32)
    values = np.linalg.svd(orthogonal(slope).numpy(), compute_uv=False)
    spread = np.linalg.svd(slope, compute_uv=False)
    print(spread[0] / spread[-1], values[0] / np.median(values), values[0])
"""
    subprocess.run([ROOT / "models" / "train", "--help"], check=True, capture_output=True)
    told = subprocess.run(
        [ROOT / ".venv-train" / "bin" / "python", "-c", look],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "CUDA_VISIBLE_DEVICES": ""},
    ).stdout
    for before, after, most in (map(float, line.split()) for line in told.splitlines()):
        assert before > 8
        assert after < 1.5
        assert 0.7 < most < 1.3


@pytest.fixture
def site(tmp_path: Path) -> list[str]:
    """The options for a made-up site: three agents, one of whom only measures, and its noise."""
    folder = tmp_path / "site"
    (folder / "room").mkdir(parents=True)
    noise = np.random.default_rng(1).normal(0, 0.05, 4 * RATE)
    soundfile.write(folder / "room" / "fan.wav", noise, RATE)
    rows = ["path\tchannel\ttext\tspeaker\tlicence\tuse"]
    for agent, use in (("f2", "train"), ("m3", "train"), ("m7", "dev")):
        for number, text in enumerate(("您好请问有什么可以帮您", "感谢您的来电再见")):
            name = f"{agent}{number}.wav"
            voice = f"cmn-latn-pinyin+{agent}"
            subprocess.run(["espeak-ng", "-v", voice, "-w", folder / name, text], check=True)
            rows.append(f"{name}\tmono\t{text}\t{agent}\tours\t{use}")
    (folder / "calls.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return ["--add", str(folder / "calls.tsv"), "--noise", str(folder / "room")]


def test_from_recordings_to_a_model_that_the_device_runs(tmp_path: Path, site: list[str]) -> None:
    train(tmp_path / "work", tmp_path / "out", *site)
    content = (tmp_path / "out" / "phones.tflite").read_bytes()
    sidecar = json.loads((tmp_path / "out" / "phones.json").read_text(encoding="utf-8"))
    assert sidecar["sha256"] == hashlib.sha256(content).hexdigest()
    assert sidecar["recipe"].endswith("--add calls.tsv --noise room")
    card = (tmp_path / "out" / "phones.md").read_text(encoding="utf-8")
    assert sidecar["sha256"] in card
    assert "| ours | 2 | 4 |" in card
    assert "| m7 | 2 |" in card
    rows = load_phone_model(tmp_path / "out" / "phones.tflite").feed(
        np.full((60, BANDS), -9.0, dtype=np.float32)
    )
    assert rows.shape == (20, OUTPUTS)
    assert list((tmp_path / "work" / "checkpoints").glob("*.index"))

    # A second start goes on where the first one ended, and comes to the very same model.
    train(tmp_path / "work", tmp_path / "again", *site)
    assert (tmp_path / "again" / "phones.tflite").read_bytes() == content
