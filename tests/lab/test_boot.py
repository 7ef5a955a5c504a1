"""What the boot's container is judged by, as far as that goes without one."""

import io
import json
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from firmware_py.core.types import RATE
from firmware_py.outbox.store import Outbox
from lab.boot import trace
from lab.boot.bundles import MARK, renumbered
from lab.boot.cuts import gaps, read
from lab.boot.laying import lay
from tests.checkout import ROOT


@pytest.fixture(scope="module")
def call() -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Four seconds of noise, low-passed as speech is, shape [samples, 2]."""
    noise = np.random.default_rng(3).normal(size=(4 * RATE, 2))
    smooth = np.apply_along_axis(np.convolve, 0, noise, np.hanning(9), "same")
    return np.asarray(0.1 * smooth, dtype=np.float32)


@pytest.fixture(scope="module")
def sound(call: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> trace.Sound:
    return trace.Sound([call[:, 0], call[:, 1]])


@pytest.mark.parametrize("kind", ["<i2", "<f4"])
@pytest.mark.parametrize("before", [b"", b"x", b"abc"])
def test_sound_is_recognised_in_bytes_however_it_lies_there(
    sound: trace.Sound,
    call: np.ndarray[tuple[int, int], np.dtype[np.float32]],
    kind: str,
    before: bytes,
) -> None:
    piece = 4000 * call[RATE : 2 * RATE] if kind == "<i2" else call[RATE : 2 * RATE]
    assert sound.likeness(before + piece.astype(kind).tobytes()) > 0.95
    assert sound.likeness(before + piece[:, 1].astype(kind).tobytes()) > 0.95


def test_text_and_other_noise_are_not_that_sound(sound: trace.Sound) -> None:
    text = b"".join(json.dumps({"id": n, "rule": "F5"}).encode() for n in range(1500))
    other = np.random.default_rng(4).integers(-3000, 3000, 20_000).astype("<i2").tobytes()
    assert sound.likeness(text + bytes(20_000)) < trace.ALIKE
    assert sound.likeness(other) < trace.ALIKE
    assert trace.shrinks_to(text) < 0.2 < 0.8 < trace.shrinks_to(other)


def test_a_trace_says_what_went_where(tmp_path: Path) -> None:
    out, into = tmp_path / "out", tmp_path / "trace"
    program = f"import os; os.write(os.open({str(out)!r}, os.O_CREAT | os.O_WRONLY), b'heard')"
    command = ["strace", "-f", "-qq", "-yy", "-xx", "-e", f"trace={trace.WRITES}", "-o", str(into)]
    try:
        subprocess.run([*command, sys.executable, "-c", program], check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("strace is missing or may not be used here")
    assert trace.written(into) == {str(out): b"heard"}


def test_a_lost_event_leaves_a_gap_and_a_damaged_outbox_is_known(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    outbox = Outbox(path)
    outbox.append(*({"id": str(n)} for n in range(3)))
    assert read(path) == (True, {1: "0", 2: "1", 3: "2"})
    assert gaps([1, 2, 3]) == 0
    outbox.close()
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("DELETE FROM event WHERE id = 2")
    assert gaps(read(path)[1]) == 1
    path.write_bytes(path.read_bytes()[:3000])
    assert read(path)[0] is False


def test_a_bundle_to_try_is_of_another_version_in_every_place() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as wheel:
        wheel.writestr("deskcue-0.1.0.dist-info/METADATA", "Version: 0.1.0")
        program = zipfile.ZipInfo("firmware_py/commands/run.py")
        program.external_attr = 0o755 << 16
        wheel.writestr(program, "works")
        wheel.writestr("deskcue-0.1.0.data/data/share/systemd/deskcue-uplink.service", "[Unit]\n")
    changed = renumbered(made.getvalue(), "0.1.0", "0.2.0", {"firmware_py/commands/run.py": b"no"})
    with zipfile.ZipFile(io.BytesIO(changed)) as wheel:
        files = {name: wheel.read(name).decode() for name in wheel.namelist()}
        assert wheel.getinfo("firmware_py/commands/run.py").external_attr == 0o755 << 16
    assert files == {
        "deskcue-0.2.0.dist-info/METADATA": "Version: 0.2.0",
        "firmware_py/commands/run.py": "no",
        "deskcue-0.2.0.data/data/share/systemd/deskcue-uplink.service": f"[Unit]\n{MARK}0.2.0\n",
    }


def test_the_container_gets_the_relay_of_a_desk_with_nodes_in_the_cards_place(
    tmp_path: Path,
) -> None:
    (tmp_path / "etc/systemd/system/multi-user.target.wants").mkdir(parents=True)
    lay(tmp_path, ROOT / "firmware_py/demo/call.ogg", 1883)
    relay = tmp_path / "etc/deskcue/relay/pipewire/pipewire.conf.d"
    assert "deskcue_tap" in (relay / "50-deskcue.conf").read_text("utf-8")
    assert 'node.name = "headset.source"' in (relay / "60-lab.conf").read_text("utf-8")
    assert (tmp_path / "opt/lab/call.wav").stat().st_size > 10_000_000
