"""Make the bundled call, ``firmware_py/demo/call.ogg``, and its truth, ``call.toml``.

Two espeak-ng voices read a script; a little room noise lies under both; the chewing is synthetic.
Run it after changing the script: ``.venv/bin/python lab/demo_call.py``.
"""

import io
import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from firmware_py.core.types import AGENT, CALLER, RATE

Sound = npt.NDArray[np.float64]
FOLDER: Final = Path(__file__).parent.parent / "firmware_py" / "demo"
VOICE: Final = {"agent": "f5", "caller": "m3"}
CHANNEL: Final = {"agent": AGENT, "caller": CALLER}
SEED: Final = 10086
SPEECH_DBFS: Final = -30.0
ROOM_DBFS: Final = -68.0
CHEWING: Final = "*"
SILENCE: Final = ""
SILENCE_S: Final = 4.3


@dataclass(frozen=True)
class Line:
    """One thing that is heard."""

    who: Literal["agent", "caller"]
    text: str
    """What is said, or CHEWING, or SILENCE."""
    event: str = ""
    """Name of the Observation that a good ear makes of it, or nothing."""
    clause: str = ""
    """Id of the clause of the service standard that is kept or broken, or nothing."""
    pause: float = 0.45
    """Seconds after the end of the line before; negative: it comes in while that goes on."""
    gain: float = 0.0
    """dB above the speaker's usual level."""
    strain: float = 0.0
    """Of a raised voice: pre-emphasis of its high frequencies, 0 to 1."""
    pitch: int = 50
    speed: int = 200


SCRIPT: Final = (
    Line("agent", "下午好,中国移动,很高兴为您服务!", clause="A2", pause=0.3),
    Line("caller", "你好,我这个月的话费为什么多了三十块钱?"),
    Line("agent", "嗯。", "backchannel", pause=-1.3),
    Line("agent", "对不起,请您稍等,我帮您查询一下。", clause="C4"),
    Line("agent", "对不起,让您久等了。您开通了一个流量包。", clause="C5", pause=1.5),
    Line("caller", "我没有开通过啊,是不是你们弄错了?我每月只用很少的流量。"),
    Line(
        "agent", "系统里面写得明明白白,就是您自己开通的。", "interruption.agent", "E8", pause=-2.9
    ),
    Line("caller", "那你们也应该提前发短信给我。", pause=0.6),
    Line("agent", "不关我的事!", "phrase.F5", "F5"),
    Line("caller", "你这样说话,我就要投诉了。", pause=0.6),
    Line(
        "agent",
        "已经说过了,这个钱不能退,您怎么听不进去!",
        "shouting",
        "D6",
        gain=13,
        strain=0.5,
        pitch=75,
    ),
    Line(
        "caller",
        "那麻烦你看一下上个月有没有多收,再帮我取消这个业务。以后开通什么,先问我同意不同意,好不好?",
        pause=0.6,
    ),
    Line("agent", SILENCE, "quiet.unanswered", "E3", pause=0),
    Line("agent", CHEWING, "eating", "E7", pause=-13.4, gain=-9),
    Line("agent", "请问我刚才给您的解释您明白吗?", clause="B1", pause=0.2),
    Line("caller", "明白了。"),
    Line("agent", "感谢您使用中国移动,祝您生活愉快,再见。", clause="B1", pause=2.0),
)


def main() -> None:
    """Write both files and say how long and how large the call is."""
    rng = np.random.default_rng(SEED)
    call, truth = perform(rng)
    write_ogg(FOLDER / "call.ogg", call + room(len(call), rng))
    (FOLDER / "call.toml").write_text(truth, encoding="utf-8")
    print(f"{len(call) / RATE:.1f} s, {(FOLDER / 'call.ogg').stat().st_size / 1000:.0f} kB")


def perform(rng: np.random.Generator) -> tuple[Sound, str]:
    """Place every line after the one before: sound of shape [samples, 2], and the truth as TOML."""
    call = np.zeros((120 * RATE, 2))
    truth = [
        "# What is heard in call.ogg, in seconds; made by lab/demo_call.py.",
        "# `event` names the Observation that a good ear makes of it, `clause` the clause of the",
        "# service standard that is kept or broken.",
        f'\nespeak_ng = "{espeak_version()}"',
    ]
    end = 0
    for line in SCRIPT:
        sound = heard(line, rng)
        start = end + round(line.pause * RATE)
        call[start : start + len(sound), CHANNEL[line.who]] += sound
        truth.append(entry(line, start / RATE, (start + len(sound)) / RATE))
        end = max(end, start + len(sound))
    return call[: end + RATE // 2], "\n".join(truth) + "\n"


def entry(line: Line, start: float, end: float) -> str:
    """One ``[[line]]`` table."""
    text = "" if line.text == CHEWING else line.text
    return (
        f'\n[[line]]\nwho = "{line.who}"\nstart = {start:.2f}\nend = {end:.2f}\n'
        f"text = {json.dumps(text, ensure_ascii=False)}\n"
        f'event = "{line.event}"\nclause = "{line.clause}"'
    )


def heard(line: Line, rng: np.random.Generator) -> Sound:
    """Sound of a line at its level."""
    if line.text == SILENCE:
        return np.zeros(round(SILENCE_S * RATE))
    sound = chewing(rng) if line.text == CHEWING else speech(line)
    return at_level(sound, SPEECH_DBFS + line.gain)


def speech(line: Line) -> Sound:
    """Let espeak-ng read a line; without the silence before and after it."""
    voice = f"cmn-latn-pinyin+{VOICE[line.who]}"
    with tempfile.NamedTemporaryFile(suffix=".wav") as wav:
        command = ["espeak-ng", "-v", voice, "-s", str(line.speed), "-p", str(line.pitch)]
        subprocess.run([*command, "-w", wav.name, line.text], check=True)
        sound, rate = soundfile.read(io.BytesIO(Path(wav.name).read_bytes()))
    sound = soxr.resample(sound, rate, RATE)
    loud = np.flatnonzero(np.abs(sound) > 0.01)
    sound = sound[loud[0] : loud[-1]]
    return np.asarray(sound - line.strain * np.append(0.0, sound[:-1]), np.float64)


def espeak_version() -> str:
    """Version of espeak-ng, such as ``1.51``; another one speaks another call."""
    told = subprocess.run(["espeak-ng", "--version"], capture_output=True, text=True, check=True)
    return told.stdout.split()[3]


def chewing(rng: np.random.Generator, bites: int = 20, period_s: float = 0.62) -> Sound:
    """Bites at a chewing pace, each a cluster of clicks that die away, in a mouth that rustles."""
    sound = rng.normal(0, 0.016, round((bites + 1) * period_s * RATE))
    for bite in range(bites):
        onset = round((bite * period_s + rng.uniform(0, 0.06)) * RATE)
        for click in np.sort(rng.uniform(0, 0.16, 14)):
            at, length = onset + round(click * RATE), round(0.02 * RATE)
            decay = np.exp(-np.arange(length) / (0.004 * RATE))
            sound[at : at + length] += rng.normal(0, rng.uniform(0.3, 1.0), length) * decay
    return sound


def room(samples: int, rng: np.random.Generator) -> Sound:
    """Soft noise that falls towards the high frequencies, different on each side."""
    spectrum = np.fft.rfft(rng.normal(size=(samples, 2)), axis=0)
    spectrum /= np.sqrt(1 + np.fft.rfftfreq(samples, 1 / RATE) / 200)[:, None]
    return at_level(np.fft.irfft(spectrum, samples, axis=0), ROOM_DBFS)


def at_level(sound: Sound, dbfs: float) -> Sound:
    """Scale to an RMS level, with the peaks rounded off below full scale."""
    scaled = sound * 10 ** (dbfs / 20) / np.sqrt(np.mean(sound**2))
    return np.asarray(np.tanh(scaled), np.float64)


def write_ogg(path: Path, sound: Sound) -> None:
    """Write Ogg Vorbis, in pieces: libsndfile's encoder overflows its stack on one long write."""
    with soundfile.SoundFile(
        path, "w", RATE, 2, format="OGG", subtype="VORBIS", compression_level=0.82
    ) as file:
        for start in range(0, len(sound), RATE):
            file.write(sound[start : start + RATE])


if __name__ == "__main__":
    main()
