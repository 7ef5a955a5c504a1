"""A real browser without a screen, to see what a page becomes in it."""

import html
import json
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

from lab.browser import CHROMIUM

needs_browser = pytest.mark.skipif(not CHROMIUM, reason="no chromium here (Debian: chromium)")

_AROUND = """<!DOCTYPE html><meta charset="utf-8"><body style="margin:0">
<iframe style="border:0;width:{width}px;height:3000px" srcdoc="{page}"></iframe>
<pre id="told"></pre><script>
const frame = document.querySelector("iframe");
frame.onload = () => {{
  const doc = frame.contentDocument;
  const box = (one) => {{
    const r = one.getBoundingClientRect();
    return [r.left, r.top, r.right, r.bottom];
  }};
  document.querySelector("#told").textContent = JSON.stringify({expression});
}};
</script>"""


def seen(page: str, expression: str, width: int = 1360) -> Any:
    """Show a page and tell what a JavaScript expression says of it.

    Args:
        page: the page, as HTML.
        expression: about ``doc``, the page's document; ``box(element)`` is its left, top, right
            and bottom in pixels.
        width: of the window, in pixels.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        around = Path(folder, "around.html")
        around.write_text(
            _AROUND.format(page=html.escape(page), expression=expression, width=width), "utf-8"
        )
        dom = _chromium(folder, "--dump-dom", "--virtual-time-budget=5000", around.as_uri())
    told = re.search(r'<pre id="told">(.*?)</pre>', dom, re.DOTALL)
    assert told, dom[:500]
    return json.loads(html.unescape(told[1]))


def printed(page: str) -> bytes:
    """Print a page to PDF."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        source, pdf = Path(folder, "page.html"), Path(folder, "page.pdf")
        source.write_text(page, "utf-8")
        _chromium(folder, f"--print-to-pdf={pdf}", "--no-pdf-header-footer", source.as_uri())
        return pdf.read_bytes()


def _chromium(folder: str, *arguments: str) -> str:
    assert CHROMIUM
    quiet = "--disable-gpu --disable-background-networking --disable-sync --no-first-run".split()
    done = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", *quiet, f"--user-data-dir={folder}", *arguments],
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
    )
    return done.stdout
