"""A model that learnt without one of the readers, to measure sentences of an unheard person with.

People are few, and the model of the device learns from all but one of them. What the recipe does
for a reader whom it never heard is measured with a model that learnt by the same recipe without
that reader (cross-validation; Stone, 1974). It lies in ``models/left_out`` and only measures.
"""

from pathlib import Path
from typing import Final

from firmware_py.hearing.phone_model import PhoneModel, load_phone_model
from lab.evaluation.sounds import READERS

READER: Final = READERS[1]
MODEL: Final = Path(__file__).parents[2] / "models" / "left_out" / "phones.tflite"


def phone_model() -> PhoneModel:
    """Load it."""
    return load_phone_model(MODEL)
