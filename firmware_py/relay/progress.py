"""Whether sound is passed, by the kernel's own counters of the sound cards.

``/proc/asound/cardN/pcmXY/sub0/status`` says of a stream whether it runs and how many frames the
sound server has written or read (``appl_ptr``; sound/core/pcm.c of the Linux kernel). A server that
is dead has closed its streams; one that hangs moves them no more. No sound is touched.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from firmware_py.relay.hardware import ASOUND

Streams = Mapping[tuple[str, str], str]
"""Card and direction (``p`` or ``c``) -> how far the sound server is."""


def running(asound: Path = ASOUND) -> Streams:
    """Streams that run now."""
    found: dict[tuple[str, str], str] = {}
    for path in asound.glob("card[0-9]*/pcm*/sub*/status"):
        try:
            text = path.read_text("ascii", "replace")
        except OSError:  # just unplugged
            continue
        pointer = re.search(r"^appl_ptr *: (\d+)", text, re.MULTILINE)
        if pointer and text.startswith("state: RUNNING"):
            found[path.parts[-4], path.parts[-3][-1]] = pointer[1]
    return found


@dataclass(slots=True)
class Progress:
    """Compares each look with the one before."""

    asound: Path = ASOUND
    _before: Streams = field(init=False, default_factory=dict)

    def passes(self) -> bool:
        """Whether two cards or more have played and recorded since the last look."""
        now = running(self.asound)
        moved = {stream for stream in now if self._before.get(stream, now[stream]) != now[stream]}
        self._before = now
        return len([card for card, way in moved if way == "p" and (card, "c") in moved]) >= 2
