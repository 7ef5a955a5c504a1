"""Gather what a person needs who helps from afar, in one archive.

It holds versions, settings without secrets, the checks of deskcue doctor, the state of services,
their log without what was found in calls, and the sound cards. It holds no sound, no events, no
passwords and no names of phrases that were said.
"""

import io
import json
import re
import tarfile
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Final

from firmware_py import __version__
from firmware_py.commands import settings, settings_argument
from firmware_py.commands.doctor import checks
from firmware_py.core.access import reason
from firmware_py.core.errors import DeskcueError
from firmware_py.core.programs import ask
from firmware_py.core.whole_file import write_whole

_SECRET: Final = {"username", "host", "password_file", "ca_file", "cert_file", "key_file"}
"""Settings of the broker that are left out."""
_NO_SECRET: Final = {"localhost", "127.0.0.1", "::1"}
_LOGIN: Final = re.compile(r"(?<=://)[^/\s@\"]+@")
"""Name and password in an address."""
_FINDING: Final = re.compile(r"^\s*\d+:\d\d\.\d (none|amber|red)\b")
"""A line in which the ear names what it found in a call."""
_LOG: Final = ("journalctl", "-u", "deskcue-*", "-b", "-n", "2000", "-o", "cat", "--no-pager")


def arguments(parser: ArgumentParser) -> None:
    """Add what the command takes."""
    settings_argument(parser)
    parser.add_argument("out", type=Path, nargs="?", default=Path("deskcue-support.tar.gz"))


def main(args: Namespace) -> int:
    """Gather and write it."""
    parts = {
        "version.txt": __version__,
        "settings.json": json.dumps(_settings(args), indent=1, default=str),
        "doctor.jsonl": "\n".join(json.dumps(asdict(one)) for one in checks(args)),
        "services.txt": ask("systemctl", "status", "deskcue-*", "--no-pager", "-n", "0"),
        "log.txt": without_findings(ask(*_LOG)),
        "cards.txt": _read(Path("/proc/asound/cards")),
        "system.txt": "\n".join([ask("uname", "-a"), _read(Path("/etc/os-release"))]),
    }
    secrets = _secrets(args)
    _write(args.out, {name: _scrubbed(text, secrets) for name, text in parts.items()})
    print(f"{args.out}: {', '.join(parts)}; read it before you send it")
    return 0


def without_findings(log: str) -> str:
    """The log without the lines that name what was found in calls."""
    return "\n".join(line for line in log.splitlines() if not _FINDING.match(line))


def _settings(args: Namespace) -> dict[str, object]:
    try:
        told = asdict(settings(args))
    except DeskcueError as error:
        return {"error": str(error)}
    told["broker"] = {key: one for key, one in told["broker"].items() if key not in _SECRET}
    return told


def _secrets(args: Namespace) -> list[str]:
    """Words that errors and logs may repeat: who logs in, and where."""
    try:
        broker = settings(args).broker
    except DeskcueError:
        return []
    return [word for word in (broker.host, broker.username) if word and word not in _NO_SECRET]


def _scrubbed(text: str, secrets: Iterable[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, "***")
    return _LOGIN.sub("***@", text)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError as error:
        return f"{path}: {error.strerror}"


def _write(place: Path, parts: Mapping[str, str]) -> None:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        for name, text in parts.items():
            data = text.encode()
            entry = tarfile.TarInfo(f"deskcue-support/{name}")
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    try:
        write_whole(place, archive.getvalue())
    except OSError as error:
        raise DeskcueError(f"{place}: cannot write it: {reason(place, error)}") from None
