"""The phone model: log-mel rows in, log posteriors of Mandarin initials and finals out.

An int8 TensorFlow Lite step model with explicit state, run by ``ai-edge-litert`` where that is
installed, else by ``tflite-runtime``; both have the same ``Interpreter``.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from firmware_py.core.suppress_stderr import suppress_stderr
from firmware_py.core.types import FloatArray
from firmware_py.hearing.foresight import Ask
from firmware_py.hearing.mel import BANDS, FLOOR
from firmware_py.hearing.model_file import ModelError, Sidecar, find_model, read_model
from firmware_py.hearing.spelling import TOKENS

OUTPUTS: Final = len(TOKENS) + 1
"""Every token, then the CTC blank."""
HOPS_PER_STEP: Final = 12
"""The packaged model runs once every twelve hops (120 ms, as long as a Block): four rows."""
RUNTIMES: Final = ("ai_edge_litert.interpreter", "tflite_runtime.interpreter")


def _interpreter_class() -> Callable[..., Any]:
    for name in RUNTIMES:
        try:
            found: Callable[..., Any] = importlib.import_module(name).Interpreter
        except ImportError:
            continue
        return found
    raise ModelError(
        "no runtime for the phone model: pip install ai-edge-litert (or tflite-runtime)"
    )


@dataclass(frozen=True, slots=True)
class _Port:
    """One input or output of the model: its place and its int8 quantisation."""

    index: int
    shape: tuple[int, ...]
    scale: float
    zero: int

    @classmethod
    def of(cls, detail: dict[str, Any]) -> "_Port":
        scale, zero = detail["quantization"]
        shape = tuple(int(size) for size in detail["shape"])
        return cls(int(detail["index"]), shape, float(scale), int(zero))

    def quantised(self, values: FloatArray) -> npt.NDArray[np.int8]:
        """Round to the nearest of the 256 steps; what lies beyond them stays at the end."""
        steps = np.rint(values * np.float32(1 / self.scale)) + self.zero
        result: npt.NDArray[np.int8] = steps.clip(-128, 127).astype(np.int8)
        return result

    def real(self, steps: npt.NDArray[np.int8]) -> FloatArray:
        """Undo ``quantised``."""
        return (steps.astype(np.float32) - self.zero) * np.float32(self.scale)


def _log_softmax(logits: FloatArray) -> FloatArray:
    shifted = logits - logits.max(axis=1, keepdims=True)
    result: FloatArray = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return result


class PhoneModel:
    """Streams the model; rows of posteriors come whenever a step's hops are there."""

    def __init__(self, content: bytes, sidecar: Sidecar) -> None:
        """Load the model.

        Raises:
            ModelError: the runtime cannot load it, or its inputs are not those of the sidecar.
        """
        self.sha256: Final = sidecar.sha256
        self.colour: Final[FloatArray | None] = (
            None if sidecar.colour is None else np.array(sidecar.colour, dtype=np.float32)
        )
        """Of the voices that it learnt from, [40]; None: not known."""
        self._made_of = content, sidecar
        try:
            with suppress_stderr():  # it announces its delegate
                self._model = _interpreter_class()(model_content=content, num_threads=1)
                self._model.allocate_tensors()
            inputs = [_Port.of(detail) for detail in self._model.get_input_details()]
            outputs = [_Port.of(detail) for detail in self._model.get_output_details()]
            self._mel, *self._states = [inputs[place] for place in sidecar.inputs]
            self._logits, *after = [outputs[place] for place in sidecar.outputs]
            self._carried = [
                (old.index, new.index) for old, new in zip(self._states, after, strict=True)
            ]
        except (ValueError, RuntimeError, IndexError) as error:
            reason = str(error).strip().splitlines()[0]
            raise ModelError(f"the runtime refuses the phone model: {reason}") from None
        self.runtime: Final[str] = type(self._model).__module__.partition(".")[0]
        """Package that runs the model."""
        self.reset()

    @property
    def hops_per_step(self) -> int:
        """Rows of log-mel that it takes at once."""
        return self._mel.shape[1]

    def another(self) -> "PhoneModel":
        """Make one of the same model, for another channel."""
        return PhoneModel(*self._made_of)

    def reset(self) -> None:
        """Forget everything; the time before the stream was digital silence."""
        self._waiting = np.empty((0, BANDS), dtype=np.float32)
        past, *caches = self._states
        silence = np.full(past.shape, np.log(FLOOR), dtype=np.float32)
        self._model.set_tensor(past.index, past.quantised(silence))
        for cache in caches:
            empty = np.zeros(cache.shape, dtype=np.float32)
            self._model.set_tensor(cache.index, cache.quantised(empty))

    def feed(self, mel: FloatArray) -> FloatArray:
        """Take log-mel rows, shape [n, 40]; return log posteriors of whole steps, [rows, 59]."""
        waiting = np.concatenate((self._waiting, mel)) if len(self._waiting) else mel
        hops = self.hops_per_step
        steps = len(waiting) // hops
        self._waiting = waiting[steps * hops :].copy()
        if not steps:
            return np.empty((0, OUTPUTS), dtype=np.float32)
        whole = self._mel.quantised(waiting[: steps * hops])
        logits = [self._step(mel) for mel in whole.reshape(steps, *self._mel.shape)]
        return _log_softmax(self._logits.real(np.concatenate(logits)).reshape(-1, OUTPUTS))

    def branch(self) -> Ask:
        """Give a way to ask what it would say if some log-mel came next, now or later.

        What is asked so is not remembered.
        """
        then = self._remembered()

        def ask(mel: FloatArray) -> FloatArray:
            now = self._remembered()
            self._remember(*then)
            rows = self.feed(mel)
            self._remember(*now)
            return rows

        return ask

    def _remembered(self) -> tuple[FloatArray, list[npt.NDArray[np.int8]]]:
        return self._waiting, [self._model.get_tensor(state.index) for state in self._states]

    def _remember(self, waiting: FloatArray, states: list[npt.NDArray[np.int8]]) -> None:
        self._waiting = waiting
        for state, value in zip(self._states, states, strict=True):
            self._model.set_tensor(state.index, value)

    def _step(self, mel: npt.NDArray[np.int8]) -> npt.NDArray[np.int8]:
        get, put = self._model.get_tensor, self._model.set_tensor
        put(self._mel.index, mel)
        self._model.invoke()
        # The converter gives a cache's input and output the same quantisation: no arithmetic here.
        for old, new in self._carried:
            put(old, get(new))
        logits: npt.NDArray[np.int8] = get(self._logits.index)
        return logits


def load_phone_model(model: Path | None = None) -> PhoneModel:
    """Load a phone model, the packaged one if None, after checking it against its sidecar.

    Raises:
        ModelError: it is missing, truncated, tampered with, or made for another version.
    """
    return PhoneModel(*read_model(find_model() if model is None else model))
