"""Look what the site publishes (rulebooks, settings, software) and fetch what is new.

By deskcue-fetch.service, each hour, as a user of its own. What is fetched lies in
/var/lib/deskcue-packs: a rulebook counts once the settings name it, software once deskcue update
takes it. Needs the extra ``fetch``.
"""

import time
from argparse import ArgumentParser, Namespace

from firmware_py.commands import settings, settings_argument
from firmware_py.commands.extras import needing
from firmware_py.core.access import read_bytes, reason
from firmware_py.core.errors import DeskcueError


def arguments(parser: ArgumentParser) -> None:
    """Add what the command takes."""
    settings_argument(parser)


def main(args: Namespace) -> int:
    """Look, and say what came."""
    packs = settings(args).packs
    if not packs.url:
        print("[packs] names no url; nothing to fetch")
        return 0
    with needing("fetch", "this desk"):
        from firmware_py.fetch.fetching import fetch
    try:
        root = read_bytes(packs.root)
    except OSError as error:
        raise DeskcueError(
            f"{packs.root} cannot be read ({reason(packs.root, error)}); lay there what deskcue"
            " fleet publish shows as the root"
        ) from None
    found = fetch(packs.url, root, packs.path, time.time)
    for path in found.new:
        print(f"fetched {packs.path / path}")
    for path in found.gone:
        print(f"removed {packs.path / path}: it is not published any more")
    if not found.new and not found.gone:
        print("nothing new")
    return 0
