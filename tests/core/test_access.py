"""Files that somebody named."""

import errno
from pathlib import Path

import pytest

from firmware_py.core.access import read_bytes
from firmware_py.core.check import attempt


def test_a_file_without_an_end_is_refused() -> None:
    with pytest.raises(OSError, match="File too large") as caught:
        read_bytes(Path("/dev/zero"), 1000)
    assert caught.value.errno == errno.EFBIG


def test_a_look_that_fails_hides_no_other() -> None:
    check = attempt("outbox", lambda: str(Path("a" * 300).stat()))
    assert not check.ok
    assert check.detail.endswith("File name too long")
