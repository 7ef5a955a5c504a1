"""Writes docs/measurements.md, figures that other documents quote, and the index of decisions."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Final

from firmware_py.core.errors import DeskcueError
from lab.results.page import index, load_questions, page, quoted
from lab.results.store import load_runs

ROOT: Final = Path(__file__).parents[2]
_PAGE: Final = Path("docs") / "measurements.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write what has changed; with ``--check`` only name it, and return 1 if there is any."""
    parser = argparse.ArgumentParser("scripts/measurements", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if a page is stale")
    args = parser.parse_args(arguments)
    try:
        changed = dict(changes(ROOT))
    except DeskcueError as error:
        print(error, file=sys.stderr)
        return 1
    for path, text in changed.items():
        print(f"{'stale' if args.check else 'written'}: {path.relative_to(ROOT)}")
        if not args.check:
            path.write_text(text, "utf-8")
    return int(args.check and bool(changed))


def changes(root: Path) -> Iterator[tuple[Path, str]]:
    """Give every document that differs from the results, and what it should say.

    Raises:
        DeskcueError: a file of results is damaged, or a document quotes what was never measured.
    """
    runs = load_runs()
    results = {one.id: one for run in runs for one in run.results}
    decisions = root / "docs" / "adr"
    made = {
        root / _PAGE: page(runs, load_questions()),
        decisions / "README.md": index(decisions),
    }
    for path in chain(root.glob("*.md"), root.glob("docs/**/*.md"), root.glob("models/*.md")):
        before = path.read_text("utf-8")
        after = made.get(path) or quoted(before, results)
        if after != before:
            yield path, after


if __name__ == "__main__":
    raise SystemExit(main())
