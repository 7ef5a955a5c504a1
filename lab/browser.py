"""A real browser under remote control, by the DevTools protocol over a pipe."""

import base64
import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from firmware_py.core.errors import DeskcueError

CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE_S: Final = 60.0
_QUIET: Final = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-extensions"
    " --disable-background-networking --disable-component-update --disable-sync --mute-audio"
    " --remote-debugging-pipe --hide-scrollbars --lang=en --disable-dev-shm-usage"
).split()


class Tab:
    """One page of a browser."""

    def __init__(self, write: int, read: int) -> None:
        """Attach to the browser's first page."""
        self._write, self._read = write, read
        self._rest, self._id, self._session = b"", 0, ""
        self.events: list[dict[str, Any]] = []
        """What the browser said without being asked."""
        self.errors: list[str] = []
        """What the page threw, or complained of in its console."""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        told = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = told["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **parameters: Any) -> Any:
        """Send a command and wait for its answer."""
        self._id += 1
        message: dict[str, Any] = {"id": self._id, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._id:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return answer["result"]

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            more = os.read(self._read, 1 << 16)
            assert more, "the browser is gone"
            self._rest += more
        one, self._rest = self._rest.split(b"\0", 1)
        message: dict[str, Any] = json.loads(one)
        if "method" in message:
            self.events.append(message)
            self._complain(message["method"], message["params"])
        return message

    def _complain(self, method: str, told: dict[str, Any]) -> None:
        if method == "Runtime.exceptionThrown":
            self.errors.append(json.dumps(told["exceptionDetails"])[:500])
        elif method == "Log.entryAdded" and told["entry"]["level"] == "error":
            self.errors.append(told["entry"]["text"])

    def open(self, url: str) -> None:
        """Go to an address."""
        self.ask("Page.navigate", url=url)
        self.wait("document.readyState === 'complete'", f"{url} to load")

    def eval(self, expression: str) -> Any:
        """Value of a JavaScript expression, as JSON has it; promises are awaited."""
        told = self.ask(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in told, f"{expression}: {told['exceptionDetails']}"
        return told["result"].get("value")

    def wait(self, expression: str, what: str) -> Any:
        """Wait until an expression is true; its value."""
        until = time.monotonic() + PATIENCE_S
        while not (value := self.eval(expression)):
            assert time.monotonic() < until, (
                f"waited in vain for {what}; the page shows:\n{self.text()}\n{self.errors}"
            )
            self.eval("new Promise((done) => setTimeout(done, 30))")
        return value

    def text(self) -> str:
        """What the page shows, as text."""
        return str(self.eval("document.body.innerText"))

    def click(self, name: str) -> None:
        """Press the button that says so."""
        found = f"[...document.querySelectorAll('button')].find(b => b.innerText === {name!r})"
        self.wait(f"!!{found}", f"button {name}")
        self.eval(f"{found}.click()")

    def press(self, *keys: str) -> None:
        """Type keys: single letters, or their names."""
        for key in keys:
            text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
            told = {"key": key, "code": key, **({"text": text} if text else {})}
            self.ask("Input.dispatchKeyEvent", type="keyDown", **told)
            self.ask("Input.dispatchKeyEvent", type="keyUp", key=key, code=key)

    def mouse(self, kind: str, x: float, y: float) -> None:
        """Move, press or release the left button of the mouse."""
        buttons = 0 if kind == "mouseReleased" else 1
        button = "none" if kind == "mouseMoved" else "left"
        self.ask(
            "Input.dispatchMouseEvent",
            type=kind, x=x, y=y, button=button, buttons=buttons, clickCount=1,
        )  # fmt: skip

    def resize(self, width: int, height: int, scale: float = 1.0) -> None:
        """Give the window a size."""
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=scale, mobile=False,
        )  # fmt: skip

    def screenshot(self, path: Path) -> None:
        """Keep what is seen, as PNG."""
        told = self.ask("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(told["data"]))


@contextlib.contextmanager
def browser(*more: str) -> Iterator[Tab]:
    """A browser with one page, and a profile of its own that is gone afterwards."""
    if not CHROMIUM:
        raise DeskcueError("there is no chromium; sudo apt-get install chromium")
    theirs_in, ours_out = os.pipe()
    ours_in, theirs_out = os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        # The browser reads commands on descriptor 3 and answers on 4.
        script = f'exec {CHROMIUM} "$@" 3<&{theirs_in} 4>&{theirs_out}'
        command = ["bash", "-c", script, "bash", *_QUIET, f"--user-data-dir={folder}", *more]
        process = subprocess.Popen(
            command, pass_fds=(theirs_in, theirs_out), stderr=subprocess.DEVNULL
        )
        os.close(theirs_in)
        os.close(theirs_out)
        try:
            yield Tab(ours_out, ours_in)
        finally:
            process.terminate()
            process.wait(PATIENCE_S)
            os.close(ours_out)
            os.close(ours_in)
