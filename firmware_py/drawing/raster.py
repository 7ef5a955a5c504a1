"""Turns a drawing into a picture file of pixels (PNG), where the extra ``look`` is installed."""

from functools import cache
from importlib.util import find_spec
from typing import Final

from firmware_py.core.errors import DeskcueError
from firmware_py.drawing.html import FONTS, as_svg, node

PIXELS_PER_UNIT: Final = 2
"""So that letters are sharp on paper and on dense screens."""
_NO_CHARACTER: Final = "\U0010fffd"


def png(svg: str) -> bytes:
    """Draw an SVG file as PNG, two pixels for each of its units."""
    import resvg_py  # a tool's need, never the ear's

    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=PIXELS_PER_UNIT))


def check_png() -> None:
    """See that PNG can be drawn here.

    Raises:
        DeskcueError: the library that draws is not installed, or no font has Chinese characters.
    """
    if not find_spec("resvg_py"):
        raise DeskcueError(
            "PNG needs resvg-py: pip install 'deskcue[look]', or name a file .svg or .html"
        )
    if not has_chinese_font():
        raise DeskcueError(
            "no font here has Chinese characters: sudo apt-get install fonts-wqy-microhei"
            " (or fonts-noto-cjk), or name a file .svg or .html"
        )


@cache
def has_chinese_font() -> bool:
    """Whether a hanzi is drawn otherwise than a character that no font has."""
    import resvg_py

    hanzi, none = (
        bytes(resvg_py.svg_to_bytes(svg_string=_letter(letter))) for letter in ("坐", _NO_CHARACTER)
    )
    return hanzi != none


def _letter(letter: str) -> str:
    text = node("text", letter, x=4, y=26, font_size=24, font_family=FONTS)
    return as_svg(node("svg", text, xmlns="http://www.w3.org/2000/svg", width=32, height=32))
