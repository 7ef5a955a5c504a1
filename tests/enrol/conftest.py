"""What the tests of enrolment have in common."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.conftest import deskcue
from tests.enrol.service import Service

__all__ = ["deskcue"]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A site whose enrolment service answers."""
    made = Service(tmp_path)
    made.start()
    yield made
    made.stop()
