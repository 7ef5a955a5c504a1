"""The phone model's file: found, read, and checked against the sidecar that stands beside it."""

import hashlib
import json
import sys
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Final

from firmware_py.core.access import read_bytes
from firmware_py.core.errors import DeskcueError
from firmware_py.hearing.mel import BANDS, PARAMETERS
from firmware_py.hearing.spelling import TOKENS

MODEL: Final = "phones.tflite"

_HERE: Final = (
    Path(__file__).parents[2] / "models",
    Path(sys.prefix) / "share" / "deskcue" / "models",
)


class ModelError(DeskcueError):
    """The phone model cannot be used."""


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What stands beside a model, in a JSON file of the same name."""

    sha256: str
    """Hash of the model file."""
    tokens: tuple[str, ...]
    mel: dict[str, float]
    """Parameters of the features that it was trained on."""
    inputs: tuple[int, ...]
    """Place in the file of the mel input, the past rows and each cache."""
    outputs: tuple[int, ...]
    """Place in the file of the logits and of the same states for the next step."""
    colour: tuple[float, ...] | None = None
    """Mean log-mel energies, without loudness, of the voices that it learnt from, a number for each
    band; None: not known."""


def find_model() -> Path:
    """Find the model that came with the package.

    Raises:
        ModelError: there is none.
    """
    for folder in _HERE:
        if (folder / MODEL).is_file():
            return folder / MODEL
    places = " nor ".join(str(folder) for folder in _HERE)
    raise ModelError(f"no phone model: {MODEL} lies neither in {places}; install deskcue again")


def _read(path: Path, what: str) -> bytes:
    try:
        return read_bytes(path)
    except OSError as error:
        raise ModelError(f"cannot read the {what} {path}: {error.strerror}") from None


def _colour(bands: list[float] | None) -> tuple[float, ...] | None:
    if bands is None:
        return None
    if len(bands) != BANDS:
        raise ValueError(f"colour has {len(bands)} bands, not {BANDS}")
    colour = tuple(float(band) for band in bands)
    if not all(map(isfinite, colour)):
        raise ValueError("colour holds what is no number")
    return colour


def read_sidecar(model: Path) -> Sidecar:
    """Read what stands beside a model.

    Raises:
        ModelError: it is missing, broken, or made for other features or tokens than this version.
    """
    path = model.with_suffix(".json")
    try:
        content = json.loads(_read(path, "model's sidecar"))
        sidecar = Sidecar(
            sha256=str(content["sha256"]),
            tokens=tuple(content["tokens"]),
            mel=dict(content["mel"]),
            inputs=tuple(content["inputs"]),
            outputs=tuple(content["outputs"]),
            colour=_colour(content.get("colour")),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"the model's sidecar {path} is broken ({error}); install it again"
        ) from None
    if sidecar.tokens != TOKENS or sidecar.mel != PARAMETERS:
        raise ModelError(
            f"{model} was made for another version of deskcue; install a model that fits"
        )
    return sidecar


def read_model(path: Path) -> tuple[bytes, Sidecar]:
    """Read a model and what stands beside it.

    Raises:
        ModelError: it is missing, truncated, tampered with, or made for another version.
    """
    content = _read(path, "phone model")
    sidecar = read_sidecar(path)
    if hashlib.sha256(content).hexdigest() != sidecar.sha256:
        raise ModelError(
            f"the phone model {path} is not the one its sidecar names (wrong SHA-256: truncated or"
            " changed); install it again"
        )
    return content, sidecar
