"""Draw the picture of the README, ``docs/demo.svg``: the live view in the midst of the demo.

The bundled call goes through the device up to a second, its events to a real broker; then the view
is drawn as it stands. Run it after changing the view, the call or what is heard of it:
``.venv/bin/python -m lab.draw_demo``.
"""

import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element

from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import SVG_EXPORT_THEME

from firmware_py.audio.file import FileSource
from firmware_py.commands import demo
from firmware_py.drawing.html import add, as_svg, node
from firmware_py.reports.live_view import WIDTH

ROOT: Final = Path(__file__).parent.parent
PICTURE: Final = ROOT / "docs" / "demo.svg"
UP_TO_S: Final = 28.6
BRIGHT: Final = 0.9
LANGUAGE: Final = "zh"
CELL: Final = 9.0
"""Width of a column in pixels; a hanzi takes two."""
LINE: Final = 21.0
"""Height of a row in pixels."""
MARGIN: Final = 18.0
FONTS: Final = "'DejaVu Sans Mono','Noto Sans Mono CJK SC','Noto Sans CJK SC',Menlo,monospace"
PAPER, INK, EDGE = "#20242b", "#d5d9e0", "#5b6472"
BORDER: Final = "╭╮╰╯─│"
BARS: Final = "▁▂▃▄▅▆▇█"


def draw(lines: Sequence[Sequence[Segment]]) -> str:
    """Draw what a terminal shows, every sign in its own column, the border as one line."""
    width, height = WIDTH * CELL + 2 * MARGIN, len(lines) * LINE + 2 * MARGIN
    box = {"x": MARGIN, "y": MARGIN + LINE / 2, "width": WIDTH * CELL, "rx": 10}
    drawn = node(
        "svg",
        node("rect", width=width, height=height, rx=12, fill=PAPER),
        node("rect", **box, height=height - 2 * MARGIN - LINE, fill="none", stroke=EDGE),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:g} {height:g}",
        font_family=FONTS,
        font_size=15,
    )
    for row, segments in enumerate(lines):
        column = 0
        for segment in segments:
            on_border = row in (0, len(lines) - 1)
            add(drawn, *_written(segment, column, row, blots=on_border))
            column += segment.cell_length
    return as_svg(drawn)


def _written(segment: Segment, column: int, row: int, *, blots: bool) -> Iterator[Element]:
    """Draw one stretch of signs; what stands in the border blots it out."""
    places = [column + cell_len(segment.text[:at]) for at in range(len(segment.text))]
    signs = [
        (sign, MARGIN + place * CELL)
        for sign, place in zip(segment.text, places, strict=True)
        if sign.strip() and sign not in BORDER
    ]
    if not signs:
        return
    first, last = signs[0][1], signs[-1][1] + CELL * cell_len(signs[-1][0])
    y = MARGIN + row * LINE
    if blots:
        yield node("rect", x=first - 6, y=y, width=last - first + 12, height=LINE, fill=PAPER)
    style = segment.style or Style()
    colour = style.color.get_truecolor(SVG_EXPORT_THEME).hex if style.color else INK
    for sign, x in signs:  # fonts do not agree on these
        if eighths := BARS.find(sign) + 1:
            tall = (LINE - 3) * eighths / len(BARS)
            yield node("rect", x=x, y=y + LINE - tall, width=CELL, height=tall, fill=colour)
    text = [(sign, x) for sign, x in signs if sign not in BARS]
    yield node(
        "text",
        "".join(sign for sign, _ in text),
        x=" ".join(f"{x:g}" for _, x in text),
        y=y + 15.5,
        fill=colour,
        opacity=0.6 if style.dim else 1,
        font_weight="bold" if style.bold else "normal",
    )


def main() -> None:
    """Hear, wait for the events and for a bright moment of the light, and draw."""
    console = Console(width=WIDTH, color_system="truecolor")
    with tempfile.TemporaryDirectory() as folder, demo.stage(Path(folder)) as stage:
        device, show = stage.device(FileSource(demo.CALL), LANGUAGE)
        heard = device.listen()
        for result in heard:
            show.take(result)
            if device.pipeline.seconds >= UP_TO_S:
                break
        stage.wait_for_arrivals()
        while max(show.colour) < BRIGHT:
            time.sleep(0.01)
        lines = console.render_lines(show.draw())
        heard.close()
    PICTURE.write_text(draw(lines), "utf-8")
    print(f"{PICTURE.relative_to(ROOT)}, {PICTURE.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
