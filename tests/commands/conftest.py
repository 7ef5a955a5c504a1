"""What the tests of the commands have in common."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware_py.outbox.store import Outbox
from tests.commands.running import Deskcue


@pytest.fixture
def deskcue(capfd: pytest.CaptureFixture[str]) -> Deskcue:
    """The command line."""
    return Deskcue(capfd)


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """Settings of a device that keeps its outbox here."""
    path = tmp_path / "deskcue.toml"
    path.write_text(f'[outbox]\npath = "{tmp_path}/outbox.db"\n', "utf-8")
    return path


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    """That outbox."""
    made = Outbox(tmp_path / "outbox.db")
    yield made
    made.close()
