"""Text of a file that a spreadsheet wrote, whatever it calls CSV."""

import codecs
import errno
import re
from pathlib import Path
from typing import Final

from firmware_py.core.access import read_bytes, reason
from firmware_py.core.errors import DeskcueError

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHINESE: Final = re.compile(r"[\u3400-\u9fff]")


def read_text(path: Path, encoding: str, largest: int) -> str:
    """Read a file.

    Args:
        path: the file.
        encoding: as Python knows it; empty: what its byte order mark says, or UTF-8.
        largest: bytes that it may have.

    Raises:
        DeskcueError: it cannot be read, is too large, or is in another encoding.
    """
    try:
        data = read_bytes(path, largest)
    except OSError as error:
        if error.errno == errno.EFBIG:
            raise DeskcueError(
                f"{path} has over {largest // 10**6} MB; that is no list of desks"
            ) from None
        raise DeskcueError(f"{path} cannot be read ({reason(path, error)})") from None
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), "")
    try:
        text = data.decode(encoding if encoding and not marked else marked or "utf-8")
    except UnicodeDecodeError as error:
        raise _another(path, data[: error.start], encoding or marked or "utf-8") from None
    except LookupError:
        raise DeskcueError(f"no encoding is called {encoding!r}; say utf-8 or gbk") from None
    if not encoding and not marked:
        _check_not_gbk(path, data, text)
    return text


def _check_not_gbk(path: Path, data: bytes, text: str) -> None:
    """Some Chinese in GBK reads as UTF-8, too, as letters that nobody meant: 3楼 as 3¥."""
    if text.isascii() or _CHINESE.search(text):
        return
    try:
        chinese = _CHINESE.search(data.decode("gbk"))
    except UnicodeDecodeError:
        return
    if chinese:
        strange = next(one for one in text if not one.isascii())
        raise DeskcueError(
            f"{path}:{text[: text.index(strange)].count(chr(10)) + 1}: is this {chinese[0]!r}, or"
            f" {strange!r}? say --encoding gbk, or --encoding utf-8"
        )


def _another(path: Path, before: bytes, encoding: str) -> DeskcueError:
    line = before.count(b"\n") + 1
    return DeskcueError(
        f"{path}:{line}: this is not {encoding}; save it as CSV UTF-8, or, if Excel in Chinese"
        " wrote it, say --encoding gbk"
    )
