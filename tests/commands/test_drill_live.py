"""``deskcue drill`` with a real sound server: what is said into the tap is heard and scored."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.scenarios.attempts import ATTEMPTS
from lab.scenarios.speaking import needs_voice, recorded, spoken
from tests.audio.pipewire import EAR, TAP, PipeWire, needs_pipewire
from tests.commands.test_run import running, settings
from tests.mosquitto import wait_for


@pytest.fixture
def sound_server(tmp_path: Path) -> Iterator[PipeWire]:
    made = PipeWire(tmp_path)
    made.start()
    yield made
    made.stop()


@needs_pipewire
@needs_voice
def test_words_are_shown_as_they_are_heard_and_scored(
    sound_server: PipeWire, tmp_path: Path
) -> None:
    said = recorded(tmp_path / "said.wav", spoken(*ATTEMPTS["wait"].right))
    scores = tmp_path / "scores.jsonl"
    command = ("drill", "wait", "--config", settings(tmp_path, 1), "--scores", scores)
    with running(sound_server, *command) as (process, told):
        sound_server.connect(f"{TAP}:capture", f"{EAR}:input")
        with sound_server.playing(said):
            wait_for(lambda: process.poll() is not None, "the end of the round")
    assert process.returncode == 0
    assert "  ● 请您稍等" in told
    assert "全部说对！" in told
    assert json.loads(scores.read_text("utf-8"))["score"] == 100
