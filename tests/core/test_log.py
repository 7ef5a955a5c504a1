"""What the program says, and where: the journal's priorities, or a plain line."""

import logging
import os
import sys
from pathlib import Path

import pytest

from firmware_py.core.log import ROOT, journal_line, start_logging, to_journal


@pytest.fixture
def logger() -> logging.Logger:
    """The package's logger as a command starts it; put back afterwards by pytest's own capture."""
    start_logging()
    return logging.getLogger(ROOT)


def record(level: int, text: str) -> logging.LogRecord:
    return logging.LogRecord(ROOT, level, "", 0, text, (), None)


@pytest.mark.parametrize(
    ("level", "priority"),
    [(logging.DEBUG, 7), (logging.INFO, 6), (logging.WARNING, 4), (logging.CRITICAL, 3)],
)
def test_every_line_has_its_priority(level: int, priority: int) -> None:
    assert journal_line(record(level, "a\nb")) == f"<{priority}>a\n<{priority}>b"


def test_without_a_journal_a_line_names_the_program(
    logger: logging.Logger, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JOURNAL_STREAM", raising=False)
    logger.warning("the disk is %s", "full")
    assert capsys.readouterr().err == "deskcue: the disk is full\n"


def test_only_the_stream_that_systemd_names_is_the_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "journal").open("w") as stream:
        there = os.fstat(stream.fileno())
        monkeypatch.setattr(sys, "stderr", stream)
        monkeypatch.setenv("JOURNAL_STREAM", f"{there.st_dev}:{there.st_ino}")
        assert to_journal()
        monkeypatch.setenv("JOURNAL_STREAM", f"{there.st_dev}:{there.st_ino + 1}")
        assert not to_journal()
