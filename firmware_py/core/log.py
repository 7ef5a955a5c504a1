"""Where the program's own words go: to the journal with their priority, or to standard error."""

import logging
import os
import sys
from typing import Final

from firmware_py.core.service_manager import notify

ROOT: Final = "firmware_py"
"""Logger above all of the package's."""
_PRIORITIES: Final = ((logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))
"""Least level -> priority of syslog (RFC 5424); what is less is 7, for debugging."""


def start_logging(level: int = logging.INFO) -> None:
    """Let the package's loggers speak; for commands, once, at their start."""
    logger = logging.getLogger(ROOT)
    logger.setLevel(level)
    logger.handlers = [_Lines(), _Status()]
    logger.propagate = False


def journal_line(record: logging.LogRecord) -> str:
    """Write a record as the journal reads it: ``<4>…`` before every line (sd-daemon(3))."""
    priority = next((p for least, p in _PRIORITIES if record.levelno >= least), 7)
    return "\n".join(f"<{priority}>{line}" for line in record.getMessage().splitlines())


def to_journal() -> bool:
    """Whether standard error is connected to the journal (systemd.exec(5), JOURNAL_STREAM)."""
    device, _, inode = os.environ.get("JOURNAL_STREAM", "").partition(":")
    try:
        there = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError):  # closed, or none of the system's
        return False
    return (device, inode) == (str(there.st_dev), str(there.st_ino))


class _Lines(logging.Handler):
    """Writes to whatever standard error is at the moment."""

    def emit(self, record: logging.LogRecord) -> None:
        line = journal_line(record) if to_journal() else f"deskcue: {record.getMessage()}"
        print(line, file=sys.stderr, flush=True)


class _Status(logging.Handler):
    """Shows the last line in ``systemctl status``."""

    def emit(self, record: logging.LogRecord) -> None:
        notify(f"STATUS={record.getMessage().splitlines()[0]}")
