"""What all tests have in common."""

import logging
from collections.abc import Iterator

import hypothesis
import pytest

from firmware_py.core.log import ROOT

# No test is about speed, and machines are busy.
hypothesis.settings.register_profile("deskcue", deadline=None, max_examples=60)
hypothesis.settings.load_profile("deskcue")


class _Kept(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@pytest.fixture
def log_lines() -> Iterator[list[str]]:
    """What the package logs during the test, from level INFO up, a line each."""
    logger, kept = logging.getLogger(ROOT), _Kept()
    before = logger.level
    logger.setLevel(logging.INFO)
    logger.addHandler(kept)
    yield kept.lines
    logger.removeHandler(kept)
    logger.setLevel(before)
