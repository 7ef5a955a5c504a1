"""Builds a Pipeline, with a phone model if there is one."""

import datetime
from collections.abc import Callable

from firmware_py.core.errors import DeskcueError
from firmware_py.device.pipeline import Pipeline
from firmware_py.hearing.phone_model import PhoneModel
from firmware_py.rules import Rulebook, started_at


def build_pipeline(
    rulebook: Rulebook,
    load: Callable[[], PhoneModel],
    at: datetime.datetime,
    *,
    language: str = "zh",
) -> tuple[Pipeline, str]:
    """Build the Pipeline for a recording that began at ``at``, local time.

    Returns:
        The Pipeline and, if the phone model could not be loaded, the one line that says why.
    """
    phone_model, problem = try_phone_model(load)
    return Pipeline(rulebook, phone_model, started_at(at), language=language), problem


def try_phone_model(load: Callable[[], PhoneModel]) -> tuple[PhoneModel | None, str]:
    """Load the phone model, or say why there is none: the other detectors work without."""
    try:
        return load(), ""
    except DeskcueError as error:
        return None, str(error)
