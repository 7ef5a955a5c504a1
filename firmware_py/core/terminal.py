"""Writes to whatever terminal or pipe there is: any encoding, any file name, closed half-way."""

import codecs
import contextlib
import io
import json
import os
import re
import sys
from typing import Any, Final

_HANDLER: Final = "deskcue.show"
_STEERING: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Control characters but the tab and the end of a line."""


def shown(name: str) -> str:
    """A name with escapes for bytes that are no UTF-8 and for what steers a terminal."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return _STEERING.sub(lambda sign: f"\\x{ord(sign[0]):02x}", text)


def print_json(entry: Any) -> None:
    """Print one JSON object as a line: as it is where that can be shown, else in escapes."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(json.dumps(entry, ensure_ascii=not _is_utf8(encoding)), flush=True)


def _is_utf8(encoding: str) -> bool:
    return codecs.lookup(encoding).name == "utf-8"


def tolerate_any_terminal() -> None:
    """Let standard output and error show a sign for what their encoding does not have.

    Of those that are closed the numbers are taken, or what is opened next would get them.
    """
    _fill_closed()
    codecs.register_error(_HANDLER, _replace)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by whoever started us
            setattr(sys, name, io.TextIOWrapper(io.BytesIO()))
        else:
            stream.reconfigure(errors=_HANDLER)


def _fill_closed() -> None:
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest number that is free


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end]
    return "".join(map(_sign, signs)), error.end


def _sign(sign: str) -> str:
    """A byte of a name that is no UTF-8 as an escape, anything else as a question mark."""
    return f"\\x{ord(sign) - 0xDC00:02x}" if "\udc80" <= sign <= "\udcff" else "?"


def drop_output() -> None:
    """Send what is still to be written nowhere, once nobody can take it."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
