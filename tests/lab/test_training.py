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
        ("--begin", str(ROOT / "setup.cfg"), "cannot read the model's sidecar"),
        ("--leave-out", "s0251", "is called s0251; the nearest are"),
        ("--add", "nowhere.tsv", "cannot read nowhere.tsv"),
        ("--noise", "/var/empty", "there is no folder"),
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


def test_the_device_computes_step_by_step_what_was_learnt_over_whole_examples() -> None:
    look = """
import numpy as np, torch
from firmware_py.hearing.mel import FLOOR
from lab.training.device_graph import streaming
from lab.training.network import SMOKE, Network
torch.manual_seed(1)
network = Network(SMOKE)
mel = torch.randn(4, 120, 40) * 4 - 12
for _ in range(3):  # so that the normalisations expect something
    network(mel)
whole = network.eval()(mel[:1])[0].detach().numpy()[0]
step = streaming(network)
state = [np.zeros(one.shape, np.float32) for one in step.inputs[1:]]
state[0] += np.float32(np.log(FLOOR))
rows = []
for first in range(0, 120, 12):
    logits, *state = step([mel[:1, first : first + 12, None].numpy(), *state])
    rows.append(logits.numpy().reshape(4, -1))
print(np.abs(np.concatenate(rows) - whole).max(), np.abs(whole).max())
"""
    subprocess.run([ROOT / "models" / "train", "--help"], check=True, capture_output=True)
    told = subprocess.run(
        [ROOT / ".venv-train" / "bin" / "python", "-c", look],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "CUDA_VISIBLE_DEVICES": ""},
    ).stdout
    difference, largest = map(float, told.split())
    assert difference < 1e-4
    assert largest > 0.1


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
    assert (tmp_path / "work" / "smoke" / "checkpoint.pt").exists()

    # A second start goes on where the first one ended, and comes to the very same model.
    train(tmp_path / "work", tmp_path / "again", *site)
    assert (tmp_path / "again" / "phones.tflite").read_bytes() == content

    # With anything else it does not: the card would not say what was learnt from.
    with pytest.raises(subprocess.CalledProcessError) as failed:
        train(tmp_path / "work", tmp_path / "again", *site, "--seed", "2")
    assert "name another folder" in failed.value.stderr.decode().splitlines()[-1]
