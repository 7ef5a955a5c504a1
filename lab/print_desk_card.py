"""Print the desk card, ``docs/desk-card.pdf``, with a Chromium that needs no screen.

Run it after changing the light's patterns or the card's texts:
``.venv/bin/python -m lab.print_desk_card``.
A font with Chinese characters must be there; it was last printed with fonts-noto-cjk.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from firmware_py.light.desk_card import desk_card

CARD: Final = Path(__file__).parent.parent / "docs" / "desk-card.pdf"


def main() -> int:
    """Print it and say how large it is."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        print("no chromium here: sudo apt-get install chromium", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        source = Path(folder, "card.html")
        source.write_text(desk_card(), "utf-8")
        quiet = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        subprocess.run(
            [
                chromium,
                *quiet,
                f"--user-data-dir={folder}",
                "--no-pdf-header-footer",
                f"--print-to-pdf={CARD}",
                source.as_uri(),
            ],
            check=True,
            capture_output=True,
        )
    print(f"{CARD.stat().st_size / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
