"""Saves the stories of calls as pictures, in the format that the file's ending names."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from firmware_py.errors import DeskcueError, UsageError
from firmware_py.out.call_page import call_page
from firmware_py.out.raster import check_png, png
from firmware_py.out.story import Story
from firmware_py.out.timeline import svg


def _svg(story: Story, language: str) -> bytes:
    return svg(story, language).encode()


def _png(story: Story, language: str) -> bytes:
    return png(svg(story, language))


PAGE: Final = ".html"
PICTURES: Final[dict[str, Callable[[Story, str], bytes]]] = {".png": _png, ".svg": _svg}


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


def save(stories: Sequence[Story], path: Path, language: str = "zh") -> list[Path]:
    """Save stories: one page of all, or one picture each, numbered if there are several.

    Returns:
        The files written.

    Raises:
        UsageError: the ending names no format of ours.
        DeskcueError: a file cannot be written, or PNG cannot be drawn here.
    """
    check(path)
    written = []
    for place, content in _contents(stories, path, language):
        try:
            place.write_bytes(content)
        except OSError as error:
            raise DeskcueError(f"cannot write {place}: {error.strerror}") from None
        written.append(place)
    return written


def _contents(stories: Sequence[Story], path: Path, language: str) -> Iterator[tuple[Path, bytes]]:
    ending = path.suffix.lower()
    if ending == PAGE:
        yield path, call_page(stories, language).encode()
        return
    for number, story in enumerate(stories, 1):
        place = path.with_stem(f"{path.stem}-{number}") if len(stories) > 1 else path
        yield place, PICTURES[ending](story, language)
