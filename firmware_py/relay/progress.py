"""Whether sound is passed, by the kernel's own counters of the sound cards.

``/proc/asound/cardN/pcmXY/sub0/status`` says of a stream whether it runs and how many frames the
sound server has written or read (``appl_ptr``; sound/core/pcm.c of the Linux kernel). A server that
is dead has closed its streams; one that hangs moves them no more. No sound is touched.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from firmware_py.relay.hardware import ASOUND

Streams = Mapping[tuple[str, str, str], str]
"""Process, card and direction (``p`` or ``c``) -> how far the process is."""

_CARDS: Final = 2
_FIELD: Final = re.compile(r"^(state|owner_pid|appl_ptr) *: (\w+)", re.MULTILINE)


def running(asound: Path = ASOUND) -> Streams:
    """Streams that run now."""
    found: dict[tuple[str, str, str], str] = {}
    for path in asound.glob("card[0-9]*/pcm*/sub*/status"):
        try:
            said = dict(_FIELD.findall(path.read_text("ascii", "replace")))
        except OSError:  # just unplugged
            continue
        if said.get("state") == "RUNNING":
            stream = said.get("owner_pid", ""), path.parts[-4], path.parts[-3][-1]
            found[stream] = said.get("appl_ptr", "")
    return found


@dataclass(slots=True)
class Progress:
    """Compares each look with the one before."""

    asound: Path = ASOUND
    _before: Streams = field(init=False, default_factory=dict)

    def passes(self) -> bool:
        """Whether one process has played to and recorded from two cards since the last look."""
        now = running(self.asound)
        moved = {stream for stream in now if self._before.get(stream, now[stream]) != now[stream]}
        self._before = now
        both_ways = Counter(
            owner for owner, card, way in moved if way == "p" and (owner, card, "c") in moved
        )
        return any(cards >= _CARDS for cards in both_ways.values())
