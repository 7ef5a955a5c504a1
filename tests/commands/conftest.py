"""What the tests of the commands have in common."""

import pytest

from tests.commands.running import Deskcue


@pytest.fixture
def deskcue(capfd: pytest.CaptureFixture[str]) -> Deskcue:
    """The command line."""
    return Deskcue(capfd)
