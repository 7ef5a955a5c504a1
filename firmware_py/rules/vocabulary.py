"""Names of the Observations that a rule may wait for, besides phrases and other rules."""

from typing import Final

from firmware_py.detectors import DETECTORS, FAILURE

OBSERVATIONS: Final = tuple(
    sorted({FAILURE, *(name for detector in DETECTORS.values() for name in detector.EMITS)})
)
"""What the detectors declare that they emit."""


def is_under(name: str, above: str) -> bool:
    """Whether ``name`` is ``above`` or one of the names under it."""
    return name == above or name.startswith(above + ".")
