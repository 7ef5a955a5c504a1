"""From the fitted network to what the device runs: an int8 step model and its sidecar."""

import hashlib
import json
from datetime import date
from pathlib import Path

import numpy as np
import tensorflow as tf
from tensorflow.lite.tools import flatbuffer_utils

from firmware_py.hearing.mel import FLOOR, PARAMETERS
from firmware_py.hearing.phone_model import HOPS_PER_STEP
from firmware_py.hearing.spelling import TOKENS
from lab.training import store
from lab.training.colours import usual_colour
from lab.training.device_graph import streaming
from lab.training.mixing import HOPS, Mixer
from lab.training.network import Network
from lab.training.writing import whole

CALIBRATION_SEED = 999
CALIBRATION_BATCHES = 12


def _empty(step: tf.keras.Model) -> list[np.ndarray]:
    """State before the first sample: silence for the past mel rows, nothing heard further in."""
    states = [np.zeros(tensor.shape, np.float32) for tensor in step.inputs[1:]]
    states[0] += np.float32(np.log(FLOOR))
    return states


def _samples(step: tf.keras.Model, mixer: Mixer, batches: int) -> list[list[np.ndarray]]:
    """Inputs and states as they occur in mixtures, to choose the int8 ranges from."""
    run = tf.function(step)
    found = []
    rng = np.random.default_rng(CALIBRATION_SEED)
    for number in range(batches):
        for mel in mixer.batch(number).mel[:8]:
            states = _empty(step)
            for first in range(0, HOPS, HOPS_PER_STEP):
                inputs = [mel[None, first : first + HOPS_PER_STEP, None], *states]
                if first == 0 or rng.random() < 0.15:
                    found.append(inputs)
                states = [state.numpy() for state in run(inputs)[1:]]
    return found


def convert(step: tf.keras.Model, samples: list[list[np.ndarray]]) -> bytes:
    """Quantise weights and activations to int8 (Jacob et al., 2018)."""
    converter = tf.lite.TFLiteConverter.from_keras_model(step)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    names = [tensor.name.split(":")[0] for tensor in step.inputs]
    converter.representative_dataset = lambda: (
        dict(zip(names, sample, strict=True)) for sample in samples
    )
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tf.int8
    converter.inference_output_type = tf.int8
    return bytes(converter.convert())


def without_names(content: bytes) -> bytes:
    """Leave out the names of tensors, which the device does not ask for."""
    model = flatbuffer_utils.convert_bytearray_to_object(content)
    flatbuffer_utils.strip_strings(model)
    return bytes(flatbuffer_utils.convert_object_to_bytearray(model))


def _order(content: bytes, step: tf.keras.Model) -> dict[str, list[int]]:
    """Which of the file's inputs and outputs belong together, found by feeding it.

    The converter orders tensors as it likes; names end in the position that they had.
    """
    interpreter = tf.lite.Interpreter(model_content=content)
    runner = interpreter.get_signature_list()["serving_default"]
    inputs = {tensor.name.split(":")[0]: place for place, tensor in enumerate(step.inputs)}
    signature = interpreter.get_signature_runner("serving_default")
    details_in, details_out = signature.get_input_details(), signature.get_output_details()
    by_index_in = [detail["index"] for detail in interpreter.get_input_details()]
    by_index_out = [detail["index"] for detail in interpreter.get_output_details()]
    order_in = [0] * len(inputs)
    for name in runner["inputs"]:
        order_in[inputs[name]] = by_index_in.index(details_in[name]["index"])
    order_out = [0] * len(step.outputs)
    for name, output in zip(step.output_names, range(len(step.outputs)), strict=True):
        order_out[output] = by_index_out.index(details_out[name]["index"])
    return {"inputs": order_in, "outputs": order_out}


def write(
    network: Network,
    work: Path,
    out: Path,
    recipe: str,
    batches: int = CALIBRATION_BATCHES,
) -> None:
    """Write ``phones.tflite`` and ``phones.json`` into ``out``.

    Args:
        network: what was learnt.
        work: where the store lies.
        out: folder to write to.
        recipe: how it was learnt, in one line.
        batches: mixtures from which the int8 ranges are chosen.
    """
    step = streaming(network)
    learnt = store.load(work)
    mixer = Mixer(learnt, CALIBRATION_SEED)
    named = convert(step, _samples(step, mixer, batches))
    content = without_names(named)
    out.mkdir(parents=True, exist_ok=True)
    sidecar = {
        "sha256": hashlib.sha256(content).hexdigest(),
        "made": date.today().isoformat(),
        "tokens": list(TOKENS),
        "mel": PARAMETERS,
        "colour": [round(float(band), 3) for band in usual_colour(learnt)],
        **_order(named, step),
        "parameters": int(step.count_params()),
        "recipe": recipe,
    }
    told = json.dumps(sidecar, indent=1, ensure_ascii=False) + "\n"
    with whole(out / "phones.tflite") as model, whole(out / "phones.json") as beside:
        model.write(content)
        beside.write(told.encode())
