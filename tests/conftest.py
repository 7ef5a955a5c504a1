"""What all tests have in common."""

import contextlib
import importlib.util
import logging
import os
import tempfile
from collections.abc import Iterator

import hypothesis
import pytest

from firmware_py.core.log import ROOT

# No test is about speed, and machines are busy.
ALWAYS = hypothesis.settings(
    deadline=None, database=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile("same", ALWAYS, max_examples=60, derandomize=True)
hypothesis.settings.register_profile("fresh", ALWAYS, max_examples=300)
hypothesis.settings.load_profile(os.environ.get("DESKCUE_EXAMPLES", "same"))

# lgpio lays a pipe into the current directory when it is imported: two workers would take each
# other's away. Where the model runs alone, there is none.
if importlib.util.find_spec("lgpio"):
    with tempfile.TemporaryDirectory() as own, contextlib.chdir(own):
        importlib.import_module("lgpio")

LONG = ("tests/lab/test_training.py", "tests/commands/test_run.py", "tests/scenarios/")
"""The longest tests, longest first."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest, lest one worker be left with them while the other is done."""
    items.sort(key=lambda item: [not item.nodeid.startswith(long) for long in LONG])


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
