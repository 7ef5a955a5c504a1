"""Saves the timelines of calls as pictures, in the format that the file's ending names."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from firmware_py.core.errors import DeskcueError, UsageError
from firmware_py.core.whole_file import write_whole
from firmware_py.drawing.raster import check_png, png
from firmware_py.reports.call_page import call_page
from firmware_py.reports.call_timeline import CallTimeline
from firmware_py.reports.timeline import svg


def _svg(call_timeline: CallTimeline, language: str) -> bytes:
    return svg(call_timeline, language).encode()


def _png(call_timeline: CallTimeline, language: str) -> bytes:
    return png(svg(call_timeline, language))


PAGE: Final = ".html"
PICTURES: Final[dict[str, Callable[[CallTimeline, str], bytes]]] = {".png": _png, ".svg": _svg}


def check(path: Path) -> None:
    """See that a picture can be saved there, before anything is heard.

    Raises:
        UsageError: its ending names no format of ours.
        DeskcueError: its folder is not there, or PNG cannot be drawn here.
    """
    if path.suffix.lower() not in (PAGE, *PICTURES):
        raise UsageError(
            f'a picture cannot be saved as "{path}": end its name in .png, .svg, .html'
        )
    if not path.parent.is_dir():
        raise DeskcueError(f"cannot write {path}: there is no folder {path.parent}")
    if path.suffix.lower() == ".png":
        check_png()


def save(call_timelines: Sequence[CallTimeline], path: Path, language: str = "zh") -> list[Path]:
    """Save timelines: one page of all, or one picture each, numbered if there are several.

    Returns:
        The files written.

    Raises:
        UsageError: the ending names no format of ours.
        DeskcueError: a file cannot be written, or PNG cannot be drawn here.
    """
    check(path)
    written = []
    for place, content in _contents(call_timelines, path, language):
        try:
            write_whole(place, content)
        except OSError as error:
            raise DeskcueError(f"cannot write {place}: {error.strerror}") from None
        written.append(place)
    return written


def _contents(
    call_timelines: Sequence[CallTimeline], path: Path, language: str
) -> Iterator[tuple[Path, bytes]]:
    ending = path.suffix.lower()
    if ending == PAGE:
        yield path, call_page(call_timelines, language).encode()
        return
    for number, call_timeline in enumerate(call_timelines, 1):
        place = path.with_stem(f"{path.stem}-{number}") if len(call_timelines) > 1 else path
        yield place, PICTURES[ending](call_timeline, language)
