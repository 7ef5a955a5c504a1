"""A small network: two layers with a way past them, as numbers in a text file."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from firmware_py.core.errors import DeskcueError
from firmware_py.core.types import FloatArray

_ARRAYS: Final = ("mean", "scale", "hidden", "hidden_bias", "out", "direct")


@dataclass(frozen=True, slots=True)
class Network:
    """Turns features into a log odds ratio (two layers; Rumelhart et al., 1986)."""

    mean: FloatArray
    """Of each feature, where it learnt; shape [features]."""
    scale: FloatArray
    hidden: FloatArray
    """Weights, shape [features, units]."""
    hidden_bias: FloatArray
    out: FloatArray
    """Weights of the units, shape [units]."""
    direct: FloatArray
    """Weights of the features themselves, shape [features]."""
    bias: float

    def odds(self, features: FloatArray) -> float:
        """Give the log odds that these features, [features], are of what it learnt to know."""
        x = np.clip((features - self.mean) / self.scale, -4.0, 4.0)
        return float(np.tanh(x @ self.hidden + self.hidden_bias) @ self.out + x @ self.direct) + (
            self.bias
        )


def to_json(network: Network, features: tuple[str, ...]) -> str:
    """Write it as text, with the names of its features."""
    arrays = {
        name: np.round(getattr(network, name).astype(np.float64), 4).tolist() for name in _ARRAYS
    }
    return json.dumps({"features": features, "bias": round(network.bias, 4), **arrays}) + "\n"


def load_network(path: Path, features: tuple[str, ...]) -> Network:
    """Read a network.

    Raises:
        DeskcueError: it is not there, broken, or made for other features than these.
    """
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        arrays: dict[str, Any] = {name: np.array(kept[name], dtype=np.float32) for name in _ARRAYS}
        if tuple(kept["features"]) != features:
            raise DeskcueError(f"the network {path} was made for another version of deskcue")
        return Network(**arrays, bias=float(kept["bias"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = str(error).splitlines()[0]
        raise DeskcueError(f"cannot read the network {path}: {reason}") from None
