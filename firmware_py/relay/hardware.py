"""The sound cards that are plugged in, as the kernel and udev describe them.

Read are ``/proc/asound`` (cards, pcm, usbid, stream0: sound/core/init.c, sound/core/pcm.c and
sound/usb/proc.c of the Linux kernel) and udev's ``ID_PATH``, the place where a card is plugged in.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware_py.core.errors import DeskcueError
from firmware_py.core.programs import ask
from firmware_py.core.terminal import shown

ASOUND: Final = Path("/proc/asound")

_CARD: Final = re.compile(r"^ *(\d+) \[(\S+) *\]: (\S+) - (.+)$")
_PCM: Final = re.compile(r"^(\d+)-(\d+):.*$")
_DIRECTION: Final = re.compile(r" : (capture|playback) \d+")
"""A device may be called so, too."""


@dataclass(frozen=True, slots=True)
class Port:
    """One direction of a card."""

    channels: tuple[int, ...] = ()
    """Numbers of channels that it can be opened with; empty where the kernel does not say."""
    rates: tuple[int, ...] = ()
    """Samples per second; likewise."""

    @property
    def text(self) -> str:
        """As a person reads it: ``2 ch, 48 kHz``."""
        channels = "/".join(map(str, self.channels)) or "?"
        rates = "/".join(f"{rate / 1000:g}" for rate in self.rates) or "?"
        return f"{channels} ch, {rates} kHz"


@dataclass(frozen=True, slots=True)
class Card:
    """A sound card."""

    index: int
    id: str
    """The kernel's short name, such as ``LINK``."""
    driver: str
    name: str
    usb: str = ""
    """Vendor and product as ``0b0e:0305``; empty: not on USB."""
    path: str = ""
    """Where it is plugged in (udev's ID_PATH); stays the same when another is plugged in there."""
    capture: Port | None = None
    playback: Port | None = None

    @property
    def duplex(self) -> bool:
        """Whether sound goes both ways."""
        return self.capture is not None and self.playback is not None

    @property
    def text(self) -> str:
        """As messages call it."""
        return f"{self.id} ({self.name})"


def udev_path(index: int) -> str:
    """Ask udev where a card is plugged in; empty if it does not know."""
    return id_path(
        ask("udevadm", "info", "--query=property", f"--path=/sys/class/sound/card{index}")
    )


def id_path(properties: str) -> str:
    """The value of ID_PATH in udev's properties."""
    lines = (line.partition("=") for line in properties.splitlines())
    return next((value for key, _, value in lines if key == "ID_PATH"), "")


def read_cards(asound: Path = ASOUND, path_of: Callable[[int], str] = udev_path) -> list[Card]:
    """Read which cards are there, in the kernel's order; one that vanishes meanwhile is left out.

    Raises:
        DeskcueError: the kernel has no sound at all.
    """
    try:
        cards = (asound / "cards").read_text("utf-8", "replace")
        pcm = (asound / "pcm").read_text("utf-8", "replace")
    except OSError:
        raise DeskcueError(
            f"{asound} cannot be read: this kernel has no sound; is the driver loaded?"
        ) from None
    found = [_CARD.match(line) for line in cards.splitlines()]
    return [
        _card(one, asound / f"card{one[1]}", pcm.splitlines(), path_of)
        for one in found
        if one and (asound / f"card{one[1]}").is_dir()
    ]


def _card(
    line: re.Match[str], folder: Path, pcm: Iterable[str], path_of: Callable[[int], str]
) -> Card:
    index = int(line[1])
    mine = [one for one in pcm if (at := _PCM.match(one)) and int(at[1]) == index]
    directions = {word for one in mine for word in _DIRECTION.findall(one)}
    stream = _text(folder / "stream0")
    return Card(
        index=index,
        id=line[2],
        driver=line[3],
        name=shown(line[4].strip()),
        usb=_text(folder / "usbid").strip(),
        path=path_of(index),
        capture=_port(stream, "Capture") if "capture" in directions else None,
        playback=_port(stream, "Playback") if "playback" in directions else None,
    )


def _text(path: Path) -> str:
    """What a file says; nothing if it is not there, for only USB cards have these."""
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


def _port(stream: str, direction: str) -> Port:
    """Channels and rates in one direction's part of ``stream0``."""
    part = re.search(rf"^{direction}:\n((?: .*\n?)*)", stream, re.MULTILINE)
    text = part[1] if part else ""
    channels = {int(number) for number in re.findall(r"^ +Channels: (\d+)", text, re.MULTILINE)}
    lists = re.findall(r"^ +Rates: (.+)", text, re.MULTILINE)
    rates = {int(number) for one in lists for number in re.findall(r"\d+", one)}
    return Port(tuple(sorted(channels)), tuple(sorted(rates)))
