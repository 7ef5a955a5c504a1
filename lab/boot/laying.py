"""What a container gets that a desk has in hardware: sound cards, a light, and who plays a call."""

import shutil
import textwrap
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
import soxr

from firmware_py.relay.configuration import RelayPlan, configuration, spa
from firmware_py.relay.files import plan_files, write_files
from firmware_py.relay.hardware import Card, Port
from firmware_py.relay.roles import Roles
from firmware_py.settings.config import RelayMode

HERE: Final = Path(__file__).parent / "guest"
RATE: Final = 48_000
LEAD_S: Final = 1.0
"""Silence before the call, while the player is linked."""
SETTINGS: Final = """
[desk]
site = "lab"
floor = "1"
desk = "boot"
[broker]
host = "127.0.0.1"
port = {port}
[tap]
device = "deskcue_tap"
[relay]
mode = "lab"
"""
_EAR: Final = """
[Service]
Environment=GPIOZERO_PIN_FACTORY=deskcue_lab
Environment=PYTHONPATH=/opt/lab
ExecStartPre=/opt/deskcue/venv/bin/python /opt/lab/sockets.py
"""
_CHATTER: Final = """
[Unit]
ConditionPathExists=/opt/lab/chatter.on
[Service]
ExecStart=/opt/deskcue/venv/bin/python /opt/lab/chatter.py
"""
_BOTH: Final = Port((2,), (RATE,))


def lay(root: Path, call: Path, port: int) -> None:
    """Lay everything into a root in which deskcue is installed.

    Args:
        root: the container's tree.
        call: a stereo recording, left the agent.
        port: of the broker.
    """
    _lay_relay(root)
    shutil.rmtree(root / "var/log/journal", ignore_errors=True)  # each boot has its own, in memory
    lab = root / "opt/lab"
    meta = lab / "deskcue_lab-1.dist-info"
    meta.mkdir(parents=True, exist_ok=True)
    (meta / "METADATA").write_text("Metadata-Version: 2.1\nName: deskcue-lab\nVersion: 1\n")
    (meta / "entry_points.txt").write_bytes((HERE / "entry_points.txt").read_bytes())
    for name in ("deskcue_lab.py", "sockets.py", "chatter.py", "play"):
        (lab / name).write_bytes((HERE / name).read_bytes())
        (lab / name).chmod(0o755)
    dropin = root / "etc/systemd/system/deskcue-ear.service.d/lab.conf"
    dropin.parent.mkdir(exist_ok=True)
    dropin.write_text(_EAR, "ascii")
    units = root / "etc/systemd/system"
    (units / "lab-chatter.service").write_text(_CHATTER, "ascii")
    wanted = units / "multi-user.target.wants/lab-chatter.service"
    wanted.unlink(missing_ok=True)
    wanted.symlink_to("../lab-chatter.service")
    (root / "etc/deskcue/deskcue.toml").write_text(SETTINGS.format(port=port), "utf-8")
    (root / "etc/machine-id").write_text("")
    soundfile.write(lab / "call.wav", as_played(call), RATE, subtype="PCM_16")


def as_played(call: Path) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """A call at the cards' rate, after a moment of silence, float32 of shape [samples, 2]."""
    sound, rate = soundfile.read(call, dtype="float32", always_2d=True)
    silence = np.zeros((round(LEAD_S * RATE), 2), dtype=np.float32)
    return np.concatenate((silence, soxr.resample(sound, rate, RATE)))


def _lay_relay(root: Path) -> None:
    """The configuration of a desk with two cards, and nodes of PipeWire's own in their place."""
    cards = [
        Card(number, name, "null", name, "", f"lab-{number}", _BOTH, _BOTH)
        for number, name in enumerate(("headset", "computer"))
    ]
    made = configuration(RelayPlan(RelayMode.LAB, Roles(*cards), 1024))
    folder = root / "etc/deskcue/relay"
    write_files(plan_files(made, folder), force=True)
    nodes = "\n".join(
        _node(f"{card}.{end}", source=end == "source")
        for card in ("headset", "computer")
        for end in ("source", "sink")
    )
    beside = folder / "pipewire/pipewire.conf.d/60-lab.conf"
    beside.write_text(f"context.objects = [\n{textwrap.indent(nodes, '    ')}\n]\n", "ascii")


def _node(name: str, *, source: bool) -> str:
    args = {
        "factory.name": "support.null-audio-sink",
        "node.name": name,
        "media.class": "Audio/Source/Virtual" if source else "Audio/Sink",
        "audio.position": ["MONO"] if source else ["FL", "FR"],
        "object.linger": True,
        "monitor.channel-volumes": False,
        "session.suspend-timeout-seconds": 0,
    }
    return spa({"factory": "adapter", "args": args})
