"""Desks as the kernel and udev describe them: texts in their format, laid out as files.

The texts were written after the kernel's sources (sound/core/init.c, pcm.c, sound/usb/proc.c), for
no such desk was at hand.
"""

from collections.abc import Callable
from pathlib import Path

from firmware_py.relay.hardware import Card, id_path, read_cards

DESKS = Path(__file__).parent / "desks"


def lay(name: str, folder: Path) -> Callable[[int], str]:
    """Lay a desk's ``/proc/asound`` into a folder; returns what asks its udev."""
    udev: dict[int, str] = {}
    for section in (DESKS / f"{name}.txt").read_text("utf-8").split("== ")[1:]:
        title, _, text = section.partition("\n")
        if title.startswith("udev "):
            udev[int(title.removeprefix("udev "))] = id_path(text)
            continue
        (folder / title).parent.mkdir(parents=True, exist_ok=True)
        (folder / title).write_text(text, "utf-8")
    return lambda index: udev.get(index, "")


def cards(name: str, folder: Path) -> list[Card]:
    """The cards of a desk."""
    return read_cards(folder, lay(name, folder))
