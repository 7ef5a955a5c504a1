"""The disk that a desk keeps its events on: ext4 on a loop device, which may lose its power."""

import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_SECTOR: Final = 512
"""Bytes of what the kernel counts, whatever the disk says (Documentation/block/stat.rst)."""
_SIZE: Final = 64 << 20


@dataclass
class DataDisk:
    """An image file, mounted at ``place``."""

    image: Path
    place: Path
    _device: str = field(default="", init=False)

    def make(self) -> None:
        """Make it anew, empty, and mount it."""
        with self.image.open("wb") as file:
            file.truncate(_SIZE)
        whole = "lazy_itable_init=0,lazy_journal_init=0"  # or the kernel goes on for minutes
        _run("mke2fs", "-q", "-F", "-t", "ext4", "-E", whole, str(self.image))
        self.place.mkdir(parents=True, exist_ok=True)
        self.mount()

    def mount(self) -> None:
        """Mount it; the kernel repairs what a power cut left."""
        self._device = _run("losetup", "--find", "--show", "--direct-io=on", str(self.image))
        _run("mount", self._device, str(self.place))

    def unmount(self) -> None:
        """Write everything, and let go."""
        if self._device:
            _run("umount", str(self.place))
            _run("losetup", "--detach", self._device)
        self._device = ""

    def cut(self) -> None:
        """Lose the power: what was not written to the disk by now is gone.

        Nobody may have a file open any more.
        """
        kept = self.image.with_suffix(".cut")
        shutil.copyfile(
            self.image, kept
        )  # what lies on the disk, and nothing of what waits in memory
        self.unmount()
        kept.replace(self.image)
        self.mount()

    @property
    def written(self) -> int:
        """Bytes that were written to the disk since it was mounted, its own journal included."""
        _run("sync", "--file-system", str(self.place))
        numbers = Path("/sys/block", Path(self._device).name, "stat").read_text("ascii").split()
        return int(numbers[6]) * _SECTOR


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.strip()
